package io.kindred.engine.log;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/// Records on their way to the log, bounded by count and bytes from when they are appended until
/// they are delivered. Thread-safe; one thread takes.
final class AppendQueue {
  private final int recordsMax;
  private final long bytesMax;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition arrived = lock.newCondition();
  private final ArrayDeque<Batch.Entry> entries = new ArrayDeque<>();
  private int recordsHeld;
  private long bytesHeld;
  private @Nullable KindredException closed;

  AppendQueue(int recordsMax, long bytesMax) {
    this.recordsMax = recordsMax;
    this.bytesMax = bytesMax;
  }

  /// Adds records, all of them or none.
  ///
  /// @throws KindredException `OVERLOADED` where they do not fit, or the reason of the closing
  void add(List<Batch.Pending> records) {
    long bytes = 0;
    for (Batch.Pending pending : records) {
      bytes += pending.frameBytes();
    }
    lock.lock();
    try {
      checkOpen();
      if (recordsHeld + records.size() > recordsMax && recordsHeld > 0) {
        throw KindredException.of(
            ErrorCode.OVERLOADED,
            "records waiting for the log",
            recordsHeld,
            "fewer than " + recordsMax + "; try again");
      }
      if (bytesHeld + bytes > bytesMax && recordsHeld > 0) {
        throw KindredException.of(
            ErrorCode.OVERLOADED,
            "bytes waiting for the log",
            bytesHeld + bytes,
            "at most " + bytesMax + "; try again");
      }
      recordsHeld += records.size();
      bytesHeld += bytes;
      entries.addAll(records);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  long bytesHeld() {
    lock.lock();
    try {
      return bytesHeld;
    } finally {
      lock.unlock();
    }
  }

  /// Adds a barrier. It takes no room, and there are no more of them than threads that wait for
  /// one.
  void add(Batch.Barrier barrier) {
    lock.lock();
    try {
      checkOpen();
      entries.add(barrier);
      arrived.signal();
    } finally {
      lock.unlock();
    }
  }

  /// Takes what has gathered, as much as fits but at least one record, waiting for it where there
  /// is nothing.
  ///
  /// @param bytesMaxOfBatch bytes of frames that fit
  /// @param waitNanos how long to wait; 0 for as long as it takes
  /// @return null where the queue is closed and empty; without records where the time is up
  @Nullable Batch take(long bytesMaxOfBatch, long waitNanos) throws InterruptedException {
    lock.lock();
    try {
      long nanos = waitNanos;
      while (entries.isEmpty() && closed == null) {
        if (waitNanos == 0) {
          arrived.await();
        } else if (nanos <= 0) {
          break;
        } else {
          nanos = arrived.awaitNanos(nanos);
        }
      }
      return entries.isEmpty() && closed != null ? null : drain(bytesMaxOfBatch);
    } finally {
      lock.unlock();
    }
  }

  private Batch drain(long bytesMaxOfBatch) {
    List<Batch.Pending> records = new ArrayList<>();
    List<Batch.Barrier> barriers = new ArrayList<>();
    long bytes = 0;
    while (!entries.isEmpty()) {
      switch (entries.getFirst()) {
        case Batch.Barrier barrier -> barriers.add(barrier);
        case Batch.Pending pending -> {
          bytes += pending.frameBytes();
          if (bytes > bytesMaxOfBatch && !records.isEmpty()) {
            return new Batch(records, barriers);
          }
          records.add(pending);
        }
      }
      entries.removeFirst();
    }
    return new Batch(records, barriers);
  }

  /// Makes room: a batch is being delivered.
  void release(Batch batch) {
    lock.lock();
    try {
      recordsHeld -= batch.records().size();
      bytesHeld -= batch.frameBytes();
    } finally {
      lock.unlock();
    }
  }

  /// Refuses further records, for the reason given first; what is queued can still be taken.
  void close(KindredException reason) {
    lock.lock();
    try {
      if (closed == null) {
        closed = reason;
      }
      arrived.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void checkOpen() {
    KindredException reason = closed;
    if (reason != null) {
      throw new KindredException(reason.code(), String.valueOf(reason.getMessage()), reason);
    }
  }
}
