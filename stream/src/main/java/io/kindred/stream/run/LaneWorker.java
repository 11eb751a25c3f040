package io.kindred.stream.run;

import io.kindred.stream.PipelineStatus;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.event.Event;
import io.kindred.stream.run.SinkWriter.Write;
import io.kindred.stream.source.Lane;
import io.kindred.stream.source.Partition;
import io.kindred.stream.source.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/// Processes one partition on a thread of its own: while one batch is being written, the next is
/// decoded and computed, but its write waits until the one before is durable.
final class LaneWorker implements Lane {
  private static final int EVENTS_MAX = 4000;
  private static final long BYTES_MAX = 8L << 20;

  private final Partition partition;
  private final String origin;
  private final BatchWork work;
  private final Watermark watermark;
  private final Lanes lanes;
  private final LaneQueue queue = new LaneQueue();
  private final AtomicLong taken = new AtomicLong();
  private final AtomicLong bytes = new AtomicLong();
  private final Thread thread;
  private volatile Progress progress;
  private volatile long unread;
  private volatile long activeNanos = System.nanoTime();

  /// @param origin the partition's name as the engine remembers it
  /// @param onFailure hears of a failure that does not heal, upon which the lane has ended
  LaneWorker(
      Partition partition,
      String origin,
      BatchWork work,
      Progress start,
      Lanes lanes,
      Consumer<Throwable> onFailure) {
    this.partition = partition;
    this.origin = origin;
    this.work = work;
    this.lanes = lanes;
    this.progress = start;
    RunContext context = work.context();
    this.watermark =
        new Watermark(
            context.definition().event(), context.options().clock(), start.latestMicros());
    this.thread =
        Thread.ofVirtual()
            .name("kindred-lane-" + context.name() + "-" + partition)
            .unstarted(() -> run(onFailure));
  }

  void start() {
    thread.start();
  }

  private void run(Consumer<Throwable> onFailure) {
    try {
      work();
    } catch (InterruptedException e) {
      // Given up: what was not acknowledged is read again.
    } catch (RuntimeException | Error e) {
      onFailure.accept(e);
    }
  }

  private void work() throws InterruptedException {
    Pending writing = null;
    while (true) {
      List<SourceRecord> records = queue.take();
      if (records.isEmpty()) {
        return;
      }
      Batch batch = work.processor().prepare(records, watermark);
      LetterWriter.Addition rejected = work.letters().begin(batch.rejected());
      Progress after =
          new Progress(records.getLast().position().offset() + 1, watermark.latestMicros());
      if (writing != null) {
        finish(writing);
      }
      rejected.finish();
      Write write =
          work.sink().begin(batch, SinkWriter.events(origin, partition.number(), batch.offsets()));
      writing = new Pending(write, after);
      if (queue.isEmpty()) {
        finish(writing);
        writing = null;
      }
    }
  }

  /// A batch whose write has been begun.
  private record Pending(Write write, Progress after) {}

  private void finish(Pending pending) throws InterruptedException {
    work.finish(pending.write());
    progress = pending.after();
    List<Event> events = pending.write().batch().events();
    taken.addAndGet(-events.size());
    for (Event event : events) {
      bytes.addAndGet(-event.source().sizeBytes());
    }
  }

  @Override
  public void offer(List<SourceRecord> records) {
    if (!records.isEmpty()) {
      activeNanos = System.nanoTime();
      taken.addAndGet(records.size());
      bytes.addAndGet(records.stream().mapToLong(SourceRecord::sizeBytes).sum());
      queue.add(records);
    }
  }

  @Override
  public boolean isFull() {
    return lanes.isClosed()
        || queue.size() >= EVENTS_MAX
        || bytes.get() >= BYTES_MAX
        || (lanes.isFull() && !queue.isEmpty());
  }

  @Override
  public void setUnread(long events) {
    unread = events;
  }

  @Override
  public Progress progress() {
    return progress;
  }

  @Override
  public void finish(Duration most) throws InterruptedException {
    queue.finish();
    if (!thread.join(most)) {
      thread.interrupt();
      thread.join();
    }
    lanes.close(this);
  }

  /// The latest event time, where events have come within that time.
  Optional<Instant> latest(Duration idleAfter) {
    boolean isActive = System.nanoTime() - activeNanos < idleAfter.toNanos();
    return isActive ? watermark.latest() : Optional.empty();
  }

  /// Bytes of events that were taken and are not done.
  long bytes() {
    return bytes.get();
  }

  PipelineStatus.Partition status() {
    return new PipelineStatus.Partition(
        partition.topic(),
        partition.number(),
        progress.next(),
        taken.get(),
        unread + taken.get(),
        watermark.latest().orElse(null));
  }
}
