package io.kindred.engine.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Takes vectors out of their rows into a caller's buffer, one copy each, as little-endian float32.
/// Owned by one thread.
///
/// Copies are made in one loop that does nothing else: so short that the processor has the cache
/// misses of several vectors under way at once.
public final class VectorSink {
  /// Stands for the address of a vector that there is not.
  public static final long NOTHING = 0;

  private final MemorySegment target;

  /// @param destination is written from its position on, which stays
  public VectorSink(ByteBuffer destination) {
    this.target = MemorySegment.ofBuffer(destination);
  }

  /// Copies vectors one behind the other, and zeros for each `NOTHING`.
  ///
  /// @param addresses from [VectorRows#address], of rows with this dimension
  public void copy(long[] addresses, int dimension) {
    long size = (long) dimension * Float.BYTES;
    for (int i = 0; i < addresses.length; i++) {
      if (addresses[i] == NOTHING) {
        target.asSlice(i * size, size).fill((byte) 0);
      } else {
        Memory.copy(addresses[i], target, i * size, size);
      }
    }
  }
}
