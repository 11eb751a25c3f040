package io.kindred.app.soak;

import java.util.concurrent.locks.LockSupport;

/// When calls are due: at a constant rate, whatever the last one took. Owned by one thread.
final class Pace {
  private final long started = System.nanoTime();
  private final double intervalNanos;
  private long calls;

  Pace(double perSecond) {
    this.intervalNanos = 1e9 / perSecond;
  }

  /// Waits until the next call is due.
  ///
  /// @return when that was, by `System.nanoTime()`
  long next() {
    long due = started + (long) (calls++ * intervalNanos);
    for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
      LockSupport.parkNanos(early);
    }
    return due;
  }
}
