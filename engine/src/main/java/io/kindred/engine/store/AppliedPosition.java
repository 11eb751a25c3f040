package io.kindred.engine.store;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/// How far the log has been applied. One thread advances it, any may wait. Thread-safe; a position
/// that has been reached costs one volatile read.
final class AppliedPosition {
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition advanced = lock.newCondition();
  private volatile long position;
  private final AtomicInteger waiting = new AtomicInteger();

  long get() {
    return position;
  }

  void advanceTo(long next) {
    position = next;
    if (waiting.get() > 0) {
      lock.lock();
      try {
        advanced.signalAll();
      } finally {
        lock.unlock();
      }
    }
  }

  /// @return whether it was reached in time
  boolean await(long wanted, Duration timeout) throws InterruptedException {
    if (position >= wanted) {
      return true;
    }
    lock.lock();
    waiting.incrementAndGet();
    try {
      long remainingNanos = timeout.toNanos();
      while (position < wanted && remainingNanos > 0) {
        remainingNanos = advanced.awaitNanos(remainingNanos);
      }
      return position >= wanted;
    } finally {
      waiting.decrementAndGet();
      lock.unlock();
    }
  }
}
