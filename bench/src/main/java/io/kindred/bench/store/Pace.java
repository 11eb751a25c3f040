package io.kindred.bench.store;

import java.util.concurrent.locks.LockSupport;

/// So many things a second, each due at its own time, whether those before it are done or not.
/// Thread-safe.
public final class Pace {
  private final long startedNanos = System.nanoTime();
  private final double nanosEach;

  public Pace(double perSecond) {
    nanosEach = 1e9 / perSecond;
  }

  /// Waits until a thing is due, unless it is late.
  ///
  /// @param number of the thing, from 0
  /// @return when it was due, as [System#nanoTime] has it
  public long await(long number) {
    long due = startedNanos + (long) (number * nanosEach);
    for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
      LockSupport.parkNanos(early);
    }
    return due;
  }
}
