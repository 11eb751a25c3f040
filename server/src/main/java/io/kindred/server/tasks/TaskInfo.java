package io.kindred.server.tasks;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A piece of work as it stands. Immutable.
///
/// @param id never used again by this process
/// @param subject what it is about: a shard, a table, a backup
/// @param table by which a table's tasks are found; empty for none
/// @param step what it does now, or did last
/// @param remainingSeconds about, or null where nobody knows
/// @param isCancellable whether [TaskBoard#cancel] ends it
/// @param lines what happened, the oldest first
public record TaskInfo(
    String id,
    Kind kind,
    String subject,
    String table,
    State state,
    String step,
    Amount amount,
    long startedMillis,
    @Nullable Long endedMillis,
    @Nullable Double remainingSeconds,
    boolean isCancellable,
    @Nullable String error,
    List<Line> lines) {
  public TaskInfo {
    lines = List.copyOf(lines);
  }

  /// What is done.
  public enum Kind {
    FOLD,
    CHECKPOINT,
    IMPORT,
    BACKUP,
    RESTORE,
    SCRUB
  }

  /// How it stands.
  public enum State {
    RUNNING,
    /// Goes on by itself later.
    WAITING,
    DONE,
    FAILED,
    CANCELLED
  }

  /// How much is done.
  ///
  /// @param unit such as `rows` or `bytes`; empty where nothing is counted
  /// @param total 0 where it is not known
  /// @param perSecond 0 where it is not known
  public record Amount(String unit, long done, long total, double perSecond) {
    public static final Amount NONE = new Amount("", 0, 0, 0);
  }

  /// Something that happened.
  public record Line(long timeMillis, String text) {}
}
