package io.kindred.engine.log;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreListener;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that turns queued records into durable ones, one batch at a time, and hands them to
/// the delivery, which works on a batch while the next one is written.
///
/// Its fields are owned by that thread; the committed position is read by all.
final class LogWriter implements Runnable {
  private static final Logger LOGGER = LoggerFactory.getLogger(LogWriter.class);

  private final AppendQueue queue;
  private final LogTail tail;
  private final LogDelivery delivery;
  private final StoreListener listener;
  private final long syncDelayNanos;
  private final AtomicLong committed;

  /// When the oldest unsynced record was written.
  private long unsyncedSinceNanos;

  private volatile @Nullable KindredException refusal;
  private @Nullable KindredException stopped;
  private volatile @Nullable KindredException endFailure;

  LogWriter(
      AppendQueue queue,
      LogTail tail,
      LogDelivery delivery,
      StoreListener listener,
      Duration syncDelay) {
    this.queue = queue;
    this.tail = tail;
    this.delivery = delivery;
    this.listener = listener;
    this.syncDelayNanos = syncDelay.toNanos();
    this.committed = new AtomicLong(tail.lastPosition());
  }

  /// The newest record that is as durable as was asked for it.
  long committedPosition() {
    return committed.get();
  }

  /// Why the last records may not be durable, once the thread has ended; null where all are.
  @Nullable KindredException endFailure() {
    return endFailure;
  }

  /// Why the last attempt to write or sync failed; null where it did not.
  @Nullable KindredException refusal() {
    return refusal;
  }

  @Override
  public void run() {
    try {
      Batch batch = queue.take(tail.roomBytes(), waitNanos());
      while (batch != null) {
        commit(batch);
        syncWhereDue();
        batch = queue.take(tail.roomBytes(), waitNanos());
      }
    } catch (InterruptedException e) {
      stop(e);
    } finally {
      closeTail();
      delivery.end();
    }
  }

  private void commit(Batch batch) throws InterruptedException {
    boolean hadUnsynced = tail.hasUnsynced();
    long start = System.nanoTime();
    @Nullable KindredException failure = write(batch);
    if (!hadUnsynced && tail.hasUnsynced()) {
      unsyncedSinceNanos = start;
    }
    if (failure != null) {
      batch.fail(failure);
    } else if (!batch.records().isEmpty()) {
      committed.set(tail.lastPosition());
      listener.committed(
          batch.records().size(), batch.frameBytes(), Duration.ofNanos(System.nanoTime() - start));
    }
    for (Batch.Barrier barrier : batch.barriers()) {
      if (failure == null) {
        barrier.reached().complete(null);
      } else {
        barrier.reached().completeExceptionally(failure);
      }
    }
    if (!batch.records().isEmpty()) {
      delivery.hand(batch);
    }
  }

  private @Nullable KindredException write(Batch batch) {
    if (stopped != null) {
      return stopped;
    }
    try {
      if (!batch.records().isEmpty()) {
        tail.write(batch);
      }
      if (batch.isSynced()) {
        tail.sync();
      }
      noteWorking();
      return null;
    } catch (KindredException e) {
      noteRefusing(e);
      return e;
    } catch (RuntimeException | Error e) {
      return stop(e);
    }
  }

  /// After an error that should not be: what the tail did is unknown, so it does nothing more.
  private KindredException stop(Throwable cause) {
    LOGGER.error("log stopped: writing failed in an unknown way; restart", cause);
    KindredException reason =
        new KindredException(ErrorCode.INTERNAL, "the log has stopped; restart", cause);
    stopped = reason;
    queue.close(reason);
    return reason;
  }

  private void syncWhereDue() {
    boolean isBufferHalfFull = tail.roomBytes() < LogTail.BUFFER_BYTES / 2;
    if (stopped == null && tail.hasUnsynced() && (isBufferHalfFull || nanosUntilSync() <= 0)) {
      try {
        tail.sync();
        noteWorking();
      } catch (KindredException e) {
        noteRefusing(e);
        unsyncedSinceNanos = System.nanoTime();
      }
    }
  }

  private long waitNanos() {
    return tail.hasUnsynced() ? Math.max(1, nanosUntilSync()) : 0;
  }

  private long nanosUntilSync() {
    return unsyncedSinceNanos + syncDelayNanos - System.nanoTime();
  }

  private void noteRefusing(KindredException cause) {
    boolean isFirst = refusal == null;
    refusal = cause;
    if (isFirst) {
      LOGGER.warn(
          "log cannot write; it tries again with each record: free space or check the device",
          cause);
    }
  }

  private void noteWorking() {
    if (refusal != null) {
      refusal = null;
      LOGGER.info("log writes again");
    }
  }

  private void closeTail() {
    try {
      endFailure = stopped;
      if (stopped == null) {
        tail.sync();
      }
    } catch (KindredException e) {
      endFailure = e;
      LOGGER.warn("log not synced at its end: a loss of power may take its last records", e);
    }
    try {
      tail.close();
    } catch (KindredException e) {
      LOGGER.warn("log segment not closed; it was synced before", e);
    }
  }
}
