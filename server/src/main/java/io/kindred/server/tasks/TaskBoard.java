package io.kindred.server.tasks;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.backup.Progress;
import io.kindred.server.backup.BackupTasks;
import io.kindred.server.error.Failure;
import io.kindred.server.tasks.TaskInfo.Action;
import io.kindred.server.tasks.TaskInfo.Amount;
import io.kindred.server.tasks.TaskInfo.Kind;
import io.kindred.server.tasks.TaskInfo.Line;
import io.kindred.server.tasks.TaskInfo.State;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Everything that takes a while, in one list: folds and checkpoints as the engine tells of them,
/// imports, backups, the scrubber. Thread-safe.
///
/// Backups, restores and imports can be paused and cancelled, and the scrubber paused. Folds and
/// checkpoints cannot: given up, a fold is begun again a second later, as the delta that it empties
/// is full; paused, the delta would fill until the table took no more writes.
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

  /// Pauses, resumes or ends a task, soon.
  ///
  /// @throws KindredException `TASK_NOT_FOUND`; `UNSUPPORTED` where that cannot be done with it
  public void act(String id, Action action) {
    TaskInfo task =
        all().stream()
            .filter(one -> one.id().equals(id))
            .findFirst()
            .orElseThrow(
                () ->
                    KindredException.of(
                        ErrorCode.TASK_NOT_FOUND, "task", id, "one that /v1/tasks lists"));
    if (!task.actions().contains(action)) {
      throw new KindredException(
          ErrorCode.UNSUPPORTED,
          "task: %s is a %s that is %s (expected: one whose actions include %s)"
              .formatted(id, lower(task.kind()), lower(task.state()), lower(action)));
    }
    switch (task.kind()) {
      case IMPORT -> actOnImport(id, action);
      case BACKUP, RESTORE -> actOnBackup(id, action);
      case SCRUB -> actOnScrub(action);
      case FOLD, CHECKPOINT -> throw new IllegalStateException("no actions: " + task.kind());
    }
  }

  private void actOnImport(String id, Action action) {
    switch (action) {
      case PAUSE -> imports.pause(id, true);
      case RESUME -> imports.pause(id, false);
      case CANCEL -> imports.cancel(id);
    }
  }

  private void actOnBackup(String id, Action action) {
    BackupTasks tasks = Objects.requireNonNull(backups, "has tasks");
    switch (action) {
      case PAUSE -> tasks.pause(id);
      case RESUME -> tasks.resume(id);
      case CANCEL -> tasks.cancel(id);
    }
  }

  private void actOnScrub(Action action) {
    switch (action) {
      case PAUSE -> store.pauseScrub();
      case RESUME -> store.resumeScrub();
      case CANCEL -> throw new IllegalStateException("the scrubber is not cancelled");
    }
  }

  private static TaskInfo backup(BackupTasks.Task task) {
    Progress.Status progress = task.progress();
    Failure failure = task.failure();
    State state =
        switch (task.state()) {
          case RUNNING -> task.isPaused() ? State.PAUSED : State.RUNNING;
          case DONE -> State.DONE;
          case FAILED -> task.isCancelled() ? State.CANCELLED : State.FAILED;
        };
    long left = progress.bytesTotal() - progress.bytesDone();
    long perSecond = progress.bytesPerSecond();
    boolean isOver = task.state() != BackupTasks.State.RUNNING;
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
        isOver ? task.endedMillis() : null,
        state == State.RUNNING && perSecond > 0 ? (double) left / perSecond : null,
        Action.of(state),
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
