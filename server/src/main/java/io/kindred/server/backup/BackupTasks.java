package io.kindred.server.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.Progress;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.server.error.Failure;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes backups of a store, and restores tables from them, in the background, one at a time, and
/// remembers how the last ones went. Thread-safe. Closed before the store.
public final class BackupTasks implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(BackupTasks.class);
  private static final int REMEMBERED_MAX = 16;
  private static final String RESTORE_PREFIX = "restore-";

  private final EmbeddedStore store;
  private final Backups backups;
  private final Deque<Task> tasks = new ArrayDeque<>();
  private boolean isClosed;

  /// Backups of a store in a place.
  public BackupTasks(EmbeddedStore store, Backups backups) {
    this.store = store;
    this.backups = backups;
  }

  /// How a task stands.
  public enum State {
    RUNNING,
    DONE,
    FAILED
  }

  /// What a task does.
  public sealed interface Work {
    /// @param tables names; empty for all
    record Backup(List<String> tables) implements Work {
      public Backup {
        tables = List.copyOf(tables);
      }
    }

    /// @param backup its id
    /// @param table its name in the backup
    /// @param newName what it is called in the store
    record Restore(String backup, String table, String newName) implements Work {}
  }

  /// One backup, or one restore of a table. Thread-safe.
  public static final class Task {
    private final String id;
    private final Work work;
    private final Progress progress = new Progress();
    private final long startedMillis = System.currentTimeMillis();
    private volatile boolean isCancelled;
    private volatile long endedMillis;
    private volatile State state = State.RUNNING;
    private volatile @Nullable Failure failure;
    private @Nullable Thread thread;

    private Task(String id, Work work) {
      this.id = id;
      this.work = work;
    }

    /// The backup's, or one that only this restore has.
    public String id() {
      return id;
    }

    public Work work() {
      return work;
    }

    public State state() {
      return state;
    }

    public Progress.Status progress() {
      return progress.status();
    }

    /// Milliseconds since 1970.
    public long startedMillis() {
      return startedMillis;
    }

    /// Milliseconds since 1970; 0 before the end.
    public long endedMillis() {
      return endedMillis;
    }

    /// Whether it rests until it is resumed.
    public boolean isPaused() {
      return state == State.RUNNING && progress.isPaused();
    }

    /// Whether it failed because it was told to.
    public boolean isCancelled() {
      return isCancelled;
    }

    /// Why it failed, or null.
    public @Nullable Failure failure() {
      return failure;
    }
  }

  /// The backups of the place.
  public Backups backups() {
    return backups;
  }

  /// Begins a backup.
  ///
  /// @param tables names; empty for all
  /// @throws KindredException `TABLE_NOT_FOUND`; `BACKUP_CONFLICT` while another task runs
  public Task backUp(List<String> tables) {
    tables.forEach(store::table);
    return start(backups.newId(), new Work.Backup(tables));
  }

  /// Begins to restore a table.
  ///
  /// @throws KindredException `BACKUP_NOT_FOUND`, `TABLE_NOT_FOUND`; `TABLE_EXISTS`; `CORRUPT`
  ///   where the backup's manifest is damaged; `BACKUP_CONFLICT` while another task runs
  public Task restore(Work.Restore restore) {
    backups.read(restore.backup()).table(restore.table());
    boolean isTaken =
        store.tables().stream().anyMatch(it -> it.spec().name().equals(restore.newName()));
    if (isTaken) {
      throw KindredException.of(
          ErrorCode.TABLE_EXISTS, "table", restore.newName(), "a name that no table has");
    }
    return start(RESTORE_PREFIX + backups.newId(), restore);
  }

  private Task start(String id, Work work) {
    synchronized (tasks) {
      if (isClosed) {
        throw new KindredException(ErrorCode.NOT_READY, "backups: the server closes");
      }
      Task last = tasks.peekLast();
      if (last != null && last.state() == State.RUNNING) {
        throw KindredException.of(
            ErrorCode.BACKUP_CONFLICT, "task", last.id() + " is under way", "one at a time");
      }
      Task task = new Task(id, work);
      task.thread = Thread.ofPlatform().name("kindred-backup").daemon().start(() -> run(task));
      tasks.addLast(task);
      if (tasks.size() > REMEMBERED_MAX) {
        tasks.removeFirst();
      }
      return task;
    }
  }

  private void run(Task task) {
    try {
      switch (task.work()) {
        case Work.Backup(var tables) -> backups.create(task.id(), store, tables, task.progress);
        case Work.Restore(String backup, String table, String newName) ->
            backups.restore(backup, new Backups.IntoStore(store, table, newName), task.progress);
      }
      end(task, State.DONE);
    } catch (KindredException e) {
      LOG.warn(
          "task failed id={}, what was copied is of use next time: {}", task.id(), e.getMessage());
      fail(task, e);
    } catch (RuntimeException | Error e) {
      LOG.error("task failed id={}", task.id(), e);
      fail(task, e);
    }
  }

  private static void fail(Task task, Throwable cause) {
    task.failure = Failure.of(cause);
    end(task, State.FAILED);
  }

  private static void end(Task task, State state) {
    task.endedMillis = System.currentTimeMillis();
    task.state = state;
  }

  /// Lets a task rest where it is. It keeps the files of its log position on disk. Does nothing
  /// where it is over, or not known.
  public void pause(String id) {
    find(id).ifPresent(task -> task.progress.pause());
  }

  public void resume(String id) {
    find(id).ifPresent(task -> task.progress.resume());
  }

  /// Lets a backup end soon; what was copied is of use to the next. Does nothing where it is over,
  /// or not known.
  public void cancel(String id) {
    find(id)
        .ifPresent(
            task -> {
              task.isCancelled = true;
              task.progress.cancel();
            });
  }

  /// A task that is remembered.
  public Optional<Task> find(String id) {
    synchronized (tasks) {
      return tasks.stream().filter(task -> task.id().equals(id)).findFirst();
    }
  }

  /// The tasks that are remembered, the oldest first.
  public List<Task> all() {
    synchronized (tasks) {
      return List.copyOf(tasks);
    }
  }

  /// Gives up the task that is under way; the next one like it goes on from there.
  @Override
  public void close() {
    Task last;
    synchronized (tasks) {
      isClosed = true;
      last = tasks.peekLast();
    }
    if (last != null && last.thread != null) {
      last.progress.cancel();
      join(last.thread);
    }
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
