package io.kindred.stream.run;

import io.kindred.stream.DeadLetter;
import io.kindred.stream.ReplayResult;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.Event.Outcome;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/// Takes a pipeline's dead letters through it again, from where the last replay ended. What is
/// rejected again becomes a new letter. Owned by one thread.
///
/// A letter's place is the origin of its change, so that one is applied once even where a replay
/// was broken off. No letter is too late, and how long one lay there says nothing of how soon
/// events are searchable: that is not measured.
final class Replay {
  private static final int BATCH_MAX = 500;
  private static final String ORIGIN = "dead letters";

  private final BatchWork work;
  private final Consumer<Map<Integer, Long>> progress;
  private final Map<Integer, Long> upTo;
  private final List<SourceRecord> pending = new ArrayList<>();

  /// The letters' offsets by the event that is in them.
  private final IdentityHashMap<SourceRecord, Long> offsets = new IdentityHashMap<>();

  private int partition;
  private long next;
  private long replayed;
  private long applied;
  private long dropped;
  private long rejected;

  /// @param from up to where letters were replayed before, by partition
  /// @param progress remembers up to where they have been now
  Replay(BatchWork work, Map<Integer, Long> from, Consumer<Map<Integer, Long>> progress) {
    this.work = work;
    this.progress = progress;
    this.upTo = new HashMap<>(from);
  }

  ReplayResult run() throws InterruptedException {
    work.letters().require().read(Map.copyOf(upTo), this::take);
    flush();
    return new ReplayResult(replayed, applied, dropped, rejected);
  }

  private void take(DeadLetter letter, int letterPartition, long offset, long nextOffset)
      throws InterruptedException {
    if (letterPartition != partition || pending.size() == BATCH_MAX) {
      flush();
    }
    partition = letterPartition;
    next = nextOffset;
    if (letter.pipeline().equals(work.context().name())) {
      pending.add(letter.event());
      offsets.put(letter.event(), offset);
    }
  }

  private void flush() throws InterruptedException {
    if (!pending.isEmpty()) {
      apply();
    }
    if (next > 0) {
      upTo.put(partition, next);
      progress.accept(Map.copyOf(upTo));
    }
  }

  private void apply() throws InterruptedException {
    Batch batch = work.processor().prepare(List.copyOf(pending), null);
    work.letters().begin(batch.rejected()).finish();
    long[] written =
        batch.written().stream().mapToLong(it -> offsets.getOrDefault(it.source(), 0L)).toArray();
    String origin = work.context().origin(ORIGIN);
    work.settle(work.sink().begin(batch, SinkWriter.events(origin, partition, written)));
    replayed += batch.events().size();
    for (Event event : batch.events()) {
      switch (event.outcome()) {
        case Outcome.Rejected _ -> rejected++;
        case Outcome.Dropped _ -> dropped++;
        case Outcome.Going _ -> applied++;
      }
    }
    pending.clear();
    offsets.clear();
  }
}
