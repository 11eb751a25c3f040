package io.kindred.server.tasks;

import io.kindred.server.tasks.TaskInfo.Amount;
import io.kindred.server.tasks.TaskInfo.Kind;
import io.kindred.server.tasks.TaskInfo.Line;
import io.kindred.server.tasks.TaskInfo.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;

/// The checkpoints of a table as one task, which is its last: a busy table writes one after the
/// other, each small. Owned by the tasks' lock.
final class Checkpoints {
  private static final int LINES_MAX = 8;

  private final String id;
  private final String table;
  private final Deque<Line> lines = new ArrayDeque<>();
  private long count;
  private long lastBytes;
  private Duration lastTook = Duration.ZERO;
  private long lastEndedMillis;

  Checkpoints(String id, String table) {
    this.id = id;
    this.table = table;
  }

  void add(long bytes, Duration took) {
    count++;
    lastBytes = bytes;
    lastTook = took;
    lastEndedMillis = System.currentTimeMillis();
    lines.addLast(new Line(lastEndedMillis, "%d bytes in %d ms".formatted(bytes, took.toMillis())));
    if (lines.size() > LINES_MAX) {
      lines.removeFirst();
    }
  }

  TaskInfo info() {
    double perSecond = lastBytes / Math.max(1e-3, lastTook.toNanos() / 1e9);
    return new TaskInfo(
        id,
        Kind.CHECKPOINT,
        table,
        table,
        State.DONE,
        count == 1 ? "the first" : "the last of " + count,
        new Amount("bytes", lastBytes, lastBytes, perSecond),
        lastEndedMillis - lastTook.toMillis(),
        lastEndedMillis,
        null,
        Set.of(),
        null,
        List.copyOf(lines));
  }
}
