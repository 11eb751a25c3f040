package io.kindred.engine.vector;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/// Takes vectors out of their rows into a caller's buffer, one copy each, as little-endian float32.
/// Owned by one thread.
public final class VectorSink {
  private final MemorySegment target;

  /// @param destination is written from its position on, which stays
  public VectorSink(ByteBuffer destination) {
    this.target = MemorySegment.ofBuffer(destination);
  }

  /// Copies one row's vector to this byte of the destination.
  public void copy(VectorRows rows, int ordinal, long at) {
    MemorySegment.copy(
        rows.data(),
        ordinal * rows.strideBytes(),
        target,
        at,
        (long) rows.dimension() * Float.BYTES);
  }

  /// Writes a vector of zeros.
  public void zero(VectorRows rows, long at) {
    target.asSlice(at, (long) rows.dimension() * Float.BYTES).fill((byte) 0);
  }
}
