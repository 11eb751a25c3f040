package io.kindred.server.tasks;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.backup.Progress;
import io.kindred.server.backup.BackupTasks;
import io.kindred.server.error.Failure;
import io.kindred.server.tasks.TaskInfo.Amount;
import io.kindred.server.tasks.TaskInfo.Kind;
import io.kindred.server.tasks.TaskInfo.Line;
import io.kindred.server.tasks.TaskInfo.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Everything that takes a while, in one list: folds and checkpoints as the engine tells of them,
/// imports, backups, the scrubber. Thread-safe.
///
/// Only backups and imports can be cancelled: a fold that is given up is begun again a second
/// later, as the delta that it empties is full, or fills.
public final class TaskBoard {
  private final Store store;
  private final EngineTasks engine;
  private final Imports imports;
  private final @Nullable BackupTasks backups;
  private final ScrubTask scrub = new ScrubTask();

  /// @param backups null where the server makes none
  public TaskBoard(
      Store store, EngineTasks engine, Imports imports, @Nullable BackupTasks backups) {
    this.store = store;
    this.engine = engine;
    this.imports = imports;
    this.backups = backups;
  }

  /// What is under way first, then what ended last.
  public synchronized List<TaskInfo> all() {
    List<TaskInfo> all = new ArrayList<>(engine.all());
    all.addAll(imports.all());
    if (backups != null) {
      backups.all().forEach(task -> all.add(backup(task)));
    }
    all.add(scrub.info(store));
    all.sort(
        Comparator.comparing(TaskInfo::state)
            .thenComparing(TaskInfo::startedMillis, Comparator.reverseOrder()));
    return all;
  }

  /// Ends a task soon.
  ///
  /// @throws KindredException `TASK_NOT_FOUND`; `UNSUPPORTED` where it cannot be ended, or is over
  public void cancel(String id) {
    TaskInfo task =
        all().stream()
            .filter(one -> one.id().equals(id))
            .findFirst()
            .orElseThrow(
                () ->
                    KindredException.of(
                        ErrorCode.TASK_NOT_FOUND, "task", id, "one that /v1/tasks lists"));
    if (!task.isCancellable()) {
      throw new KindredException(
          ErrorCode.UNSUPPORTED,
          "task: %s is a %s that is %s (expected: one that can be cancelled)"
              .formatted(id, lower(task.kind()), lower(task.state())));
    }
    if (task.kind() == Kind.IMPORT) {
      imports.cancel(id);
    } else if (backups != null) {
      backups.cancel(id);
    }
  }

  private static TaskInfo backup(BackupTasks.Task task) {
    Progress.Status progress = task.progress();
    Failure failure = task.failure();
    State state =
        switch (task.state()) {
          case RUNNING -> State.RUNNING;
          case DONE -> State.DONE;
          case FAILED -> task.isCancelled() ? State.CANCELLED : State.FAILED;
        };
    long left = progress.bytesTotal() - progress.bytesDone();
    long perSecond = progress.bytesPerSecond();
    boolean isRunning = state == State.RUNNING;
    BackupTasks.Work work = task.work();
    return new TaskInfo(
        task.id(),
        switch (work) {
          case BackupTasks.Work.Backup _ -> Kind.BACKUP;
          case BackupTasks.Work.Restore _ -> Kind.RESTORE;
        },
        subject(work),
        table(work),
        state,
        lower(progress.step()),
        new Amount("bytes", progress.bytesDone(), progress.bytesTotal(), perSecond),
        task.startedMillis(),
        isRunning ? null : task.startedMillis() + progress.taken().toMillis(),
        isRunning && perSecond > 0 ? (double) left / perSecond : null,
        isRunning,
        failure == null || state == State.CANCELLED ? null : failure.message(),
        List.of(
            new Line(
                task.startedMillis(),
                "%d of %d files".formatted(progress.filesDone(), progress.filesTotal()))));
  }

  private static String subject(BackupTasks.Work work) {
    return switch (work) {
      case BackupTasks.Work.Backup(List<String> tables) ->
          tables.isEmpty() ? "all tables" : String.join(", ", tables);
      case BackupTasks.Work.Restore(String backup, String table, String newName) ->
          "%s of %s as %s".formatted(table, backup, newName);
    };
  }

  private static String table(BackupTasks.Work work) {
    return switch (work) {
      case BackupTasks.Work.Backup(List<String> tables) ->
          tables.size() == 1 ? tables.getFirst() : "";
      case BackupTasks.Work.Restore restore -> restore.newName();
    };
  }

  private static String lower(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }
}
