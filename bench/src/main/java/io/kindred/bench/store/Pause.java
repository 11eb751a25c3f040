package io.kindred.bench.store;

import java.util.concurrent.locks.LockSupport;

/// Waiting for something that gives no sign.
public final class Pause {
  private static final long NANOS = 1_000_000;

  private Pause() {}

  public static void briefly() {
    LockSupport.parkNanos(NANOS);
  }
}
