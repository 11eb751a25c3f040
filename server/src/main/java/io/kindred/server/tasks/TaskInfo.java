package io.kindred.server.tasks;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// A piece of work as it stands. Immutable.
///
/// @param id never used again by this process
/// @param subject what it is about: a shard, a table, a backup
/// @param table by which a table's tasks are found; empty for none
/// @param step what it does now, or did last
/// @param remainingSeconds about, or null where nobody knows
/// @param actions what [TaskBoard] can do with it now
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
    Set<Action> actions,
    @Nullable String error,
    List<Line> lines) {
  public TaskInfo {
    actions = Set.copyOf(actions);
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
    /// Rests until somebody resumes it.
    PAUSED,
    /// Goes on by itself later.
    WAITING,
    DONE,
    FAILED,
    CANCELLED
  }

  /// What can be done with a task.
  public enum Action {
    PAUSE,
    RESUME,
    CANCEL;

    /// Those of work that can be let rest and be given up.
    static Set<Action> of(State state) {
      return switch (state) {
        case RUNNING -> Set.of(PAUSE, CANCEL);
        case PAUSED -> Set.of(RESUME, CANCEL);
        case WAITING, DONE, FAILED, CANCELLED -> Set.of();
      };
    }
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
