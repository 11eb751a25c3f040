package io.kindred.stream.run;

import io.kindred.stream.SourceRecord;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// Events of one partition that wait to be processed. Thread-safe.
final class LaneQueue {
  private static final int BATCH_EVENTS_MAX = 1000;
  private static final long BATCH_BYTES_MAX = 4 << 20;

  /// How long a batch waits for further events.
  private static final Duration LINGER = Duration.ofMillis(5);

  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final Deque<SourceRecord> records = new ArrayDeque<>();
  private long bytes;
  private boolean isFinished;

  void add(List<SourceRecord> more) {
    lock.lock();
    try {
      records.addAll(more);
      for (SourceRecord record : more) {
        bytes += record.sizeBytes();
      }
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// Lets [#take] return nothing once the queue is empty.
  void finish() {
    lock.lock();
    try {
      isFinished = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /// The next batch, once there is one; empty once the queue is finished and empty.
  List<SourceRecord> take() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (records.isEmpty() && !isFinished) {
        changed.await();
      }
      long left = LINGER.toNanos();
      while (records.size() < BATCH_EVENTS_MAX
          && bytes < BATCH_BYTES_MAX
          && !isFinished
          && left > 0) {
        left = changed.awaitNanos(left);
      }
      return next();
    } finally {
      lock.unlock();
    }
  }

  private List<SourceRecord> next() {
    List<SourceRecord> batch = new ArrayList<>(Math.min(records.size(), BATCH_EVENTS_MAX));
    long taken = 0;
    while (!records.isEmpty() && batch.size() < BATCH_EVENTS_MAX && taken < BATCH_BYTES_MAX) {
      SourceRecord record = records.removeFirst();
      taken += record.sizeBytes();
      batch.add(record);
    }
    bytes -= taken;
    return batch;
  }

  boolean isEmpty() {
    lock.lock();
    try {
      return records.isEmpty();
    } finally {
      lock.unlock();
    }
  }

  int size() {
    lock.lock();
    try {
      return records.size();
    } finally {
      lock.unlock();
    }
  }
}
