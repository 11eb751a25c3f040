package io.kindred.engine.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// Float32 vectors at a fixed stride, by ordinal: row `i` starts at byte `i * strideBytes`,
/// little-endian.
///
/// The segment is native (mapped or anonymous), 64-byte aligned, and may be longer than the rows in
/// use. Immutable view of memory that may grow.
public record VectorRows(MemorySegment data, long strideBytes, int dimension) {
  private static final int CACHE_LINE_BYTES = 64;
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /// Stride of vectors of a dimension: whole 64-byte lines from 16 components on, so that a row
  /// touches no line too many; else the exact size.
  public static long strideBytes(int dimension) {
    long size = (long) dimension * Float.BYTES;
    return dimension < 16 ? size : (size + 63) & -64;
  }

  /// Rows that the segment has room for.
  public long capacity() {
    return data.byteSize() / strideBytes;
  }

  /// Copies a row into `into[0 .. dimension)`.
  public void copyTo(int ordinal, float[] into) {
    MemorySegment.copy(data, FLOAT, ordinal * strideBytes, into, 0, dimension);
  }

  /// Copies a row into `into[at .. at + dimension)`.
  public void copyTo(int ordinal, float[] into, int at) {
    MemorySegment.copy(data, FLOAT, ordinal * strideBytes, into, at, dimension);
  }

  /// Where a row's vector is, for [VectorSink]; checked to be inside the segment.
  public long address(int ordinal) {
    return data.address() + offset(ordinal, strideBytes, lastOffset());
  }

  /// An ordinal, checked to be that of a row inside the segment.
  public int requireInside(int ordinal) {
    var _ = offset(ordinal, strideBytes, lastOffset());
    return ordinal;
  }

  /// Brings a row into the cache.
  public void touch(int ordinal) {
    long from = address(ordinal);
    long end = from + (long) dimension * Float.BYTES;
    for (long at = from; at < end; at += CACHE_LINE_BYTES) {
      Memory.touch(at);
    }
  }

  /// The largest byte offset at which a row lies whole inside the segment.
  long lastOffset() {
    return data.byteSize() - (long) dimension * Float.BYTES;
  }

  /// Byte offset of a row, checked against [#lastOffset].
  static long offset(int ordinal, long strideBytes, long lastOffset) {
    long offset = ordinal * strideBytes;
    if (offset < 0 || offset > lastOffset) {
      throw new IndexOutOfBoundsException("row: " + ordinal + " (expected: inside the segment)");
    }
    return offset;
  }

  /// A copy of one row's vector.
  public float[] vector(int ordinal) {
    float[] vector = new float[dimension];
    MemorySegment.copy(data, ValueLayout.JAVA_FLOAT, ordinal * strideBytes, vector, 0, dimension);
    return vector;
  }
}
