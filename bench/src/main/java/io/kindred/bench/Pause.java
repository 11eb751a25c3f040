package io.kindred.bench;

import java.util.concurrent.locks.LockSupport;

/// Waiting for something that gives no sign.
final class Pause {
  private static final long NANOS = 1_000_000;

  private Pause() {}

  static void briefly() {
    LockSupport.parkNanos(NANOS);
  }
}
