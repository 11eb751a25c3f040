package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/// How far a backup or a restore has come. One thread works; any may look, let it rest, or cancel
/// it. Thread-safe.
public final class Progress {
  private static final Duration REST = Duration.ofSeconds(30);

  private final Consumer<Status> listener;
  private final Duration rest;
  private final long started = System.nanoTime();
  private Runnable whileResting = () -> {};
  private Status status = new Status(Step.STARTING, 0, 0, 0, 0, 0, Duration.ZERO);
  private volatile boolean isCancelled;
  private volatile CountDownLatch resumed = new CountDownLatch(0);

  /// Of the working thread.
  private long restedNanos;

  /// What is being done.
  public enum Step {
    STARTING,
    COPYING,
    CHECKING
  }

  /// A moment of it. Immutable.
  ///
  /// @param filesDone files that are there, of all
  /// @param bytesDone their bytes, and those of the file that is being copied
  /// @param bytesCopied of them what was not there already
  public record Status(
      Step step,
      int filesDone,
      int filesTotal,
      long bytesDone,
      long bytesTotal,
      long bytesCopied,
      Duration taken) {
    /// Bytes copied in a second, so far.
    public long bytesPerSecond() {
      return Math.round(bytesCopied / Math.max(1e-3, taken.toNanos() / 1e9));
    }
  }

  /// Progress that is only looked at.
  public Progress() {
    this(status -> {});
  }

  /// @param listener hears of every step and every mebibyte, on the working thread
  public Progress(Consumer<Status> listener) {
    this(listener, REST);
  }

  /// @param rest after which what must be done now and then is done again
  Progress(Consumer<Status> listener, Duration rest) {
    this.listener = listener;
    this.rest = rest;
  }

  public synchronized Status status() {
    return status;
  }

  /// Lets the work end soon with `NOT_READY`. It goes on from there when it is run again.
  public synchronized void cancel() {
    isCancelled = true;
    resume();
  }

  /// Lets the work rest where it is, until [#resume] or [#cancel]. What it reads stays on disk as
  /// long.
  public synchronized void pause() {
    if (!isPaused() && !isCancelled) {
      resumed = new CountDownLatch(1);
    }
  }

  public void resume() {
    resumed.countDown();
  }

  public boolean isPaused() {
    return resumed.getCount() > 0;
  }

  /// @param work what must be done now and then, however long the pause is
  void whileResting(Runnable work) {
    whileResting = work;
  }

  void begin(Step step, int files, long bytes) {
    change(new Status(step, 0, files, 0, bytes, status().bytesCopied(), taken()));
  }

  /// A file is there.
  void fileDone() {
    Status now = status();
    change(
        new Status(
            now.step(),
            now.filesDone() + 1,
            now.filesTotal(),
            now.bytesDone(),
            now.bytesTotal(),
            now.bytesCopied(),
            taken()));
  }

  /// Bytes that need no copy.
  void skipped(long bytes) {
    add(bytes, 0);
  }

  void copied(long bytes) {
    add(bytes, bytes);
  }

  private void add(long done, long copied) {
    Status now = status();
    change(
        new Status(
            now.step(),
            now.filesDone(),
            now.filesTotal(),
            now.bytesDone() + done,
            now.bytesTotal(),
            now.bytesCopied() + copied,
            taken()));
  }

  /// Without the time that it rested.
  private Duration taken() {
    return Duration.ofNanos(System.nanoTime() - started - restedNanos);
  }

  private void change(Status next) {
    synchronized (this) {
      status = next;
    }
    listener.accept(next);
    rest();
    if (isCancelled) {
      throw new KindredException(
          ErrorCode.NOT_READY, "cancelled (run it again, and it goes on from there)");
    }
  }

  private void rest() {
    long began = System.nanoTime();
    try {
      while (!resumed.await(rest.toNanos(), TimeUnit.NANOSECONDS)) {
        whileResting.run();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KindredException(ErrorCode.NOT_READY, "interrupted while it was paused", e);
    }
    restedNanos += System.nanoTime() - began;
  }
}
