package io.kindred.app.soak;

import io.kindred.app.Main;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/// Kindred in a process that gives no memory back, from when the load begins: the fault that a soak
/// has to find.
final class LeakingServer {
  private static final long BYTES = 1 << 20;

  /// A mebibyte in so long, however busy the machine is.
  private static final long INTERVAL_NANOS = 33_000_000;

  private LeakingServer() {}

  public static void main(String[] arguments) {
    Path begun = Path.of(System.getProperty("kindred.soak.samples"));
    Thread.ofPlatform().daemon().name("leak").start(() -> leak(begun));
    Main.main(arguments);
  }

  private static void leak(Path begun) {
    while (!Files.exists(begun)) {
      LockSupport.parkNanos(INTERVAL_NANOS);
    }
    long due = System.nanoTime();
    while (true) {
      Arena.global().allocate(BYTES).fill((byte) 1);
      due += INTERVAL_NANOS;
      LockSupport.parkNanos(due - System.nanoTime());
    }
  }
}
