package io.kindred.engine;

/// What a store may take of its machine. Immutable.
///
/// @param diskFreeBytes space of the data directory's file system that is left free: with less, no
///   X
public record Budget(long diskFreeBytes) {
  public static final long BYTES_MAX = 1L << 60;

  public static final Budget DEFAULT = new Budget(512L << 20);

  public Budget {
    if (diskFreeBytes < 0 || diskFreeBytes > BYTES_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "disk free bytes", diskFreeBytes, "0 to " + BYTES_MAX);
    }
  }
}
