package io.kindred.server.tasks;

import io.kindred.engine.FoldStep;
import io.kindred.engine.StoreListener;
import io.kindred.server.tasks.TaskInfo.Amount;
import io.kindred.server.tasks.TaskInfo.Kind;
import io.kindred.server.tasks.TaskInfo.Line;
import io.kindred.server.tasks.TaskInfo.State;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// The folds and checkpoints of a store, as it tells of them: the folds under way, the last that
/// ended, and for each table its checkpoints as one. Thread-safe.
public final class EngineTasks implements StoreListener {
  private static final int ENDED_MAX = 24;
  private static final int TABLES_MAX = 64;

  private final Map<String, Fold> folds = new LinkedHashMap<>();
  private final Deque<TaskInfo> ended = new ArrayDeque<>();

  /// By table, the one that wrote the last checkpoint at the end.
  private final LinkedHashMap<String, Checkpoints> checkpoints = new LinkedHashMap<>();

  /// Rows a second of the last whole fold of each table, for what the next one may take.
  private final Map<String, Double> lastRates = new HashMap<>();

  private long count;

  /// A fold under way. Guarded by the tasks.
  private static final class Fold {
    private final String id;
    private final String table;
    private final String shard;
    private final long startedMillis = System.currentTimeMillis();
    private final List<Line> lines = new ArrayList<>();
    private @Nullable FoldStep step;
    private long done;
    private long total;
    private boolean isWhole;

    Fold(String id, String table, String shard) {
      this.id = id;
      this.table = table;
      this.shard = shard;
    }

    double seconds() {
      return Math.max(1e-3, (System.currentTimeMillis() - startedMillis) / 1e3);
    }
  }

  @Override
  public synchronized void foldAdvanced(
      String table, String shard, FoldStep step, long done, long total) {
    Fold fold = folds.computeIfAbsent(shard, any -> new Fold("fold-" + ++count, table, shard));
    if (fold.step != step) {
      fold.step = step;
      fold.lines.add(new Line(System.currentTimeMillis(), name(step)));
    }
    if (total > 0) {
      fold.done = done;
      fold.total = total;
    }
  }

  @Override
  public synchronized void folded(String table, long rows, Duration took) {
    lastRates.put(table, rows / Math.max(1e-3, took.toNanos() / 1e9));
  }

  @Override
  public synchronized void foldEnded(String table, String shard) {
    Fold fold = folds.remove(shard);
    if (fold != null) {
      fold.isWhole = fold.step == FoldStep.COMMITTING;
      remember(info(fold, fold.isWhole ? State.DONE : State.FAILED));
    }
  }

  @Override
  public synchronized void checkpointed(String table, long bytes, Duration took) {
    Checkpoints of = checkpoints.remove(table);
    if (of == null) {
      of = new Checkpoints("checkpoint-" + ++count, table);
    }
    of.add(bytes, took);
    checkpoints.putLast(table, of);
    if (checkpoints.size() > TABLES_MAX) {
      checkpoints.pollFirstEntry();
    }
  }

  private void remember(TaskInfo task) {
    ended.addFirst(task);
    if (ended.size() > ENDED_MAX) {
      ended.removeLast();
    }
  }

  /// Those under way, then the last ones, the newest first.
  public synchronized List<TaskInfo> all() {
    List<TaskInfo> all = new ArrayList<>();
    for (Fold fold : folds.values()) {
      all.add(info(fold, State.RUNNING));
    }
    all.addAll(ended);
    checkpoints.values().forEach(it -> all.add(it.info()));
    return all;
  }

  private TaskInfo info(Fold fold, State state) {
    boolean isRunning = state == State.RUNNING;
    boolean isCounting = fold.step == FoldStep.MERGING && isRunning;
    long done = isCounting ? fold.done : fold.total;
    return new TaskInfo(
        fold.id,
        Kind.FOLD,
        fold.shard,
        fold.table,
        state,
        fold.step == null ? "" : name(fold.step),
        fold.total == 0
            ? Amount.NONE
            : new Amount("rows", done, fold.total, fold.total / fold.seconds()),
        fold.startedMillis,
        isRunning ? null : System.currentTimeMillis(),
        isRunning ? remaining(fold) : null,
        Set.of(),
        state == State.FAILED ? "given up; it is tried again, and the log says why" : null,
        fold.lines);
  }

  private @Nullable Double remaining(Fold fold) {
    Double rate = lastRates.get(fold.table);
    return rate == null || fold.total == 0 || rate <= 0
        ? null
        : Math.max(0, fold.total / rate - fold.seconds());
  }

  private static String name(FoldStep step) {
    return step.name().toLowerCase(Locale.ROOT);
  }
}
