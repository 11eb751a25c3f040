package io.kindred.engine.index;

import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/// Workers that share out the items of a task, the calling thread among them. Immutable; `run` is
/// called by one thread at a time.
///
/// A worker that the executor starts too late, or never, is not waited for.
///
/// @param workers the state of each worker; the first is the calling thread's
public record Crew<W>(Executor executor, List<W> workers) {
  private static final int CHUNK_MAX = 32;

  /// What is done for each item.
  public interface Task<W> {
    void run(W worker, int item);
  }

  /// Runs a task for the items `[0, count)`, in about that order.
  ///
  /// @throws InterruptedException where the calling thread is interrupted; no worker is left
  ///   running
  public void run(int count, Task<W> task) throws InterruptedException {
    Shift<W> shift = new Shift<>(count, task);
    int helpers = Math.min(workers.size() - 1, count - 1);
    for (int i = 1; i <= helpers; i++) {
      W worker = workers.get(i);
      try {
        executor.execute(() -> shift.help(worker));
      } catch (RejectedExecutionException e) {
        // No thread to spare: those that have begun do the work.
        break;
      }
    }
    shift.lead(workers.get(0));
  }

  /// One run of a task. Thread-safe.
  private static final class Shift<W> {
    private final int count;
    private final int chunk;
    private final Task<W> task;
    private final AtomicInteger next = new AtomicInteger();
    private volatile boolean isStopped;
    private int active;
    private boolean isClosed;
    private @Nullable RuntimeException failure;
    private @Nullable Error error;

    Shift(int count, Task<W> task) {
      this.count = count;
      chunk = Math.clamp(count / 64, 1, CHUNK_MAX);
      this.task = task;
    }

    void help(W worker) {
      if (enter()) {
        try {
          work(worker);
        } catch (RuntimeException e) {
          fail(e, null);
        } catch (Error e) {
          fail(null, e);
        } finally {
          leave();
        }
      }
    }

    void lead(W worker) throws InterruptedException {
      boolean isInterrupted;
      try {
        work(worker);
      } finally {
        isStopped = true;
        isInterrupted = close();
      }
      if (isInterrupted) {
        throw new InterruptedException("index build");
      }
      rethrow();
    }

    private void work(W worker) {
      while (!isStopped && !Thread.currentThread().isInterrupted()) {
        int from = next.getAndAdd(chunk);
        if (from >= count || from < 0) {
          return;
        }
        int to = Math.min(count, from + chunk);
        for (int item = from; item < to; item++) {
          task.run(worker, item);
        }
      }
    }

    private synchronized boolean enter() {
      if (isClosed) {
        return false;
      }
      active++;
      return true;
    }

    private synchronized void leave() {
      active--;
      notifyAll();
    }

    private synchronized void fail(@Nullable RuntimeException e, @Nullable Error fatal) {
      failure = e;
      error = fatal;
      isStopped = true;
    }

    /// Waits for all that have begun: they use memory that the caller is about to give back.
    private synchronized boolean close() {
      isClosed = true;
      boolean isInterrupted = Thread.interrupted();
      while (active > 0) {
        try {
          wait();
        } catch (InterruptedException e) {
          isInterrupted = true;
        }
      }
      return isInterrupted;
    }

    private synchronized void rethrow() {
      if (failure != null) {
        throw failure;
      }
      if (error != null) {
        throw error;
      }
    }
  }
}
