package io.kindred.server.tasks;

import io.kindred.engine.ScrubInfo;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.kindred.server.tasks.TaskInfo.Action;
import io.kindred.server.tasks.TaskInfo.Amount;
import io.kindred.server.tasks.TaskInfo.Kind;
import io.kindred.server.tasks.TaskInfo.Line;
import io.kindred.server.tasks.TaskInfo.State;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// The scrubber's round as a task: what it has read of the files that there are. Owned by the
/// caller's lock.
final class ScrubTask {
  private static final int LINES_MAX = 8;

  /// It reads in pieces, with pauses.
  private static final long STILL_READING_MILLIS = 3_000;

  private final long startedMillis = System.currentTimeMillis();
  private final List<Line> lines = new ArrayList<>();
  private long rounds;
  private long bytesBeforeRound;
  private long bytesBefore;
  private long changedMillis;

  /// @return a round that is read, or one that is waited for
  TaskInfo info(Store store) {
    ScrubInfo scrub = store.health().scrub();
    if (scrub.rounds() != rounds) {
      rounds = scrub.rounds();
      bytesBeforeRound = scrub.bytes();
      lines.add(new Line(System.currentTimeMillis(), "round " + rounds + " ended"));
      if (lines.size() > LINES_MAX) {
        lines.removeFirst();
      }
    }
    long done = scrub.bytes() - bytesBeforeRound;
    long total = Math.max(done, bytesOnDisk(store));
    if (scrub.bytes() != bytesBefore) {
      bytesBefore = scrub.bytes();
      changedMillis = System.currentTimeMillis();
    }
    boolean isReading =
        done > 0 && System.currentTimeMillis() - changedMillis < STILL_READING_MILLIS;
    State state = scrub.isPaused() ? State.PAUSED : isReading ? State.RUNNING : State.WAITING;
    return new TaskInfo(
        "scrub",
        Kind.SCRUB,
        "round " + (rounds + 1),
        "",
        state,
        switch (state) {
          case RUNNING -> "reading and checking files";
          case PAUSED -> "rests until it is resumed";
          default -> "waits for its time";
        },
        new Amount("bytes", done, total, scrub.bytesPerSecond()),
        startedMillis,
        null,
        state == State.RUNNING && scrub.bytesPerSecond() > 0
            ? (total - done) / (double) scrub.bytesPerSecond()
            : null,
        actions(scrub),
        scrub.damaged().isEmpty() ? null : String.join("; ", scrub.damaged()),
        lines);
  }

  private static Set<Action> actions(ScrubInfo scrub) {
    if (scrub.bytesPerSecond() == 0) {
      return Set.of();
    }
    return Set.of(scrub.isPaused() ? Action.RESUME : Action.PAUSE);
  }

  private static long bytesOnDisk(Store store) {
    long sum = store.info().logBytes();
    for (Table table : store.tables()) {
      TableInfo.Bytes bytes = table.info().bytes();
      sum += bytes.total() - bytes.delta();
    }
    return sum;
  }
}
