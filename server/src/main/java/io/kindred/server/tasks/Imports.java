package io.kindred.server.tasks;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.tasks.TaskInfo.Action;
import io.kindred.server.tasks.TaskInfo.Amount;
import io.kindred.server.tasks.TaskInfo.Kind;
import io.kindred.server.tasks.TaskInfo.State;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// The imports into this server, told from their batches: an import names its writes `import-`, a
/// name of its own, and a number. How much is to come only the importer knows. Thread-safe.
public final class Imports {
  private static final Pattern BATCH = Pattern.compile("(import-.{1,100})-\\d{1,12}");
  private static final int KEPT_MAX = 24;

  /// An import from which nothing came for so long is over, or waits for something of its own.
  private static final Duration QUIET = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final LinkedHashMap<String, Import> imports = new LinkedHashMap<>();

  public Imports(InstantSource clock) {
    this.clock = clock;
  }

  private static final class Import {
    private final String table;
    private final long startedMillis;
    private long lastMillis;
    private long rows;
    private boolean isPaused;
    private boolean isCancelled;

    Import(String table, long nowMillis) {
      this.table = table;
      this.startedMillis = nowMillis;
      this.lastMillis = nowMillis;
    }
  }

  /// Called before a write.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where it is a batch of an import that was
  ///   cancelled, `PAUSED` of one that is paused
  public synchronized void require(@Nullable String operationId) {
    String id = idOf(operationId);
    Import of = id == null ? null : imports.get(id);
    if (of == null) {
      return;
    }
    if (of.isCancelled) {
      throw new KindredException(
          ErrorCode.INVALID_ARGUMENT,
          "operation_id: %s (expected: one of an import that was not cancelled)"
              .formatted(operationId));
    }
    if (of.isPaused) {
      of.lastMillis = clock.millis();
      throw new KindredException(
          ErrorCode.PAUSED,
          "operation_id: %s of an import that is paused (expected: to be sent again once task %s is resumed)"
              .formatted(operationId, id));
    }
  }

  /// Called after a write.
  public synchronized void wrote(@Nullable String operationId, String table, long rows) {
    String id = idOf(operationId);
    if (id == null) {
      return;
    }
    long now = clock.millis();
    Import of = imports.computeIfAbsent(id, any -> new Import(table, now));
    of.rows += rows;
    of.lastMillis = now;
    if (imports.size() > KEPT_MAX) {
      forgetOne();
    }
  }

  /// The oldest, of those that are not paused if there are any but the newest.
  private void forgetOne() {
    String forgotten =
        imports.entrySet().stream()
            .limit(KEPT_MAX)
            .filter(it -> !it.getValue().isPaused)
            .map(Map.Entry::getKey)
            .findFirst()
            .orElse(imports.firstEntry().getKey());
    imports.remove(forgotten);
  }

  private static @Nullable String idOf(@Nullable String operationId) {
    if (operationId == null) {
      return null;
    }
    Matcher batch = BATCH.matcher(operationId);
    return batch.matches() ? batch.group(1) : null;
  }

  /// Refuses what an import sends from now on; what was stored stays.
  synchronized void cancel(String id) {
    Import of = imports.get(id);
    if (of != null) {
      of.isCancelled = true;
    }
  }

  /// Puts off what an import sends, or takes it again. The importer tries on until then.
  synchronized void pause(String id, boolean isPaused) {
    Import of = imports.get(id);
    if (of != null) {
      of.isPaused = isPaused;
      of.lastMillis = clock.millis();
    }
  }

  synchronized List<TaskInfo> all() {
    long now = clock.millis();
    return imports.entrySet().stream().map(it -> info(it.getKey(), it.getValue(), now)).toList();
  }

  private static TaskInfo info(String id, Import of, long nowMillis) {
    boolean isGoing = nowMillis - of.lastMillis < QUIET.toMillis();
    State state =
        of.isCancelled
            ? State.CANCELLED
            : of.isPaused ? State.PAUSED : isGoing ? State.RUNNING : State.DONE;
    double seconds = Math.max(1e-3, (of.lastMillis - of.startedMillis) / 1e3);
    return new TaskInfo(
        id,
        Kind.IMPORT,
        of.table,
        of.table,
        state,
        "storing rows",
        new Amount("rows", of.rows, 0, of.lastMillis == of.startedMillis ? 0 : of.rows / seconds),
        of.startedMillis,
        state == State.RUNNING || state == State.PAUSED ? null : of.lastMillis,
        null,
        Action.of(state),
        null,
        List.of());
  }
}
