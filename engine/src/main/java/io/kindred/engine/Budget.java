package io.kindred.engine;

import java.lang.management.ManagementFactory;

/// What a store may take of its machine. Immutable.
///
/// @param diskFreeBytes space of the data directory's file system that is left free: with less, no
///   rows and tables are added; with less than a quarter of it, nothing is written at all; with
///   less than twice as much, a warning is given; 0 to write until the disk refuses
/// @param memoryBytes what tables, their indexes and the log may take outside the Java heap, mapped
///   files aside: with more, no rows are added
/// @param scrubBytesPerSecond how fast all files are read, again and again, to find damage; 0 for
///   never
public record Budget(long diskFreeBytes, long memoryBytes, long scrubBytesPerSecond) {
  public static final long BYTES_MAX = 1L << 60;
  public static final long MEMORY_BYTES_MIN = 16L << 20;

  /// 512 MiB of free disk space, and 16 MiB of files checked a second. Three quarters of the
  /// machine's memory, or of what its container may use, but for the Java heap; an eighth where the
  /// heap leaves less.
  public static final Budget DEFAULT = new Budget(512L << 20, defaultMemoryBytes(), 16L << 20);

  public Budget {
    requireBytes("disk free bytes", diskFreeBytes, 0);
    requireBytes("memory bytes", memoryBytes, MEMORY_BYTES_MIN);
    requireBytes("scrub bytes per second", scrubBytesPerSecond, 0);
  }

  private static void requireBytes(String what, long bytes, long min) {
    if (bytes < min || bytes > BYTES_MAX) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, what, bytes, min + " to " + BYTES_MAX);
    }
  }

  private static long defaultMemoryBytes() {
    long total =
        ManagementFactory.getPlatformMXBean(com.sun.management.OperatingSystemMXBean.class)
            .getTotalMemorySize();
    long besideHeap = total / 4 * 3 - Runtime.getRuntime().maxMemory();
    return Math.clamp(Math.max(besideHeap, total / 8), MEMORY_BYTES_MIN, BYTES_MAX);
  }

  public Budget withDiskFreeBytes(long bytes) {
    return new Budget(bytes, memoryBytes, scrubBytesPerSecond);
  }

  public Budget withMemoryBytes(long bytes) {
    return new Budget(diskFreeBytes, bytes, scrubBytesPerSecond);
  }

  public Budget withScrubBytesPerSecond(long bytes) {
    return new Budget(diskFreeBytes, memoryBytes, bytes);
  }
}
