package io.kindred.engine.vector;

import java.lang.foreign.MemorySegment;

/// Float32 vectors at a fixed stride, by ordinal: row `i` starts at byte `i * strideBytes`, little-endian.
///
/// The segment is native (mapped or anonymous), 64-byte aligned, and may be longer than the rows in use.
/// Immutable view of memory that may grow.
public record VectorRows(MemorySegment data, long strideBytes, int dimension) {

  /// Stride of vectors of a dimension: whole 64-byte lines from 16 components on, so that a row
  /// touches no line too many; else the exact size.
  public static long strideBytes(int dimension) {
    long size = (long) dimension * Float.BYTES;
    return dimension < 16 ? size : (size + 63) & -64;
  }
}
