package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.time.Duration;
import java.util.function.Consumer;

/// How far a backup or a restore has come. One thread works; any may look, or cancel it.
/// Thread-safe.
public final class Progress {
  private final Consumer<Status> listener;
  private final long started = System.nanoTime();
  private Status status = new Status(Step.STARTING, 0, 0, 0, 0, 0, Duration.ZERO);
  private volatile boolean isCancelled;

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
    this.listener = listener;
  }

  public synchronized Status status() {
    return status;
  }

  /// Lets the work end soon with `NOT_READY`. It goes on from there when it is run again.
  public void cancel() {
    isCancelled = true;
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

  private Duration taken() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  private void change(Status next) {
    synchronized (this) {
      status = next;
    }
    listener.accept(next);
    if (isCancelled) {
      throw new KindredException(
          ErrorCode.NOT_READY, "cancelled (run it again, and it goes on from there)");
    }
  }
}
