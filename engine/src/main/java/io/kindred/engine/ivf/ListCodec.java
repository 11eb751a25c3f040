package io.kindred.engine.ivf;

import io.kindred.engine.vector.BlockScan;
import java.lang.foreign.MemorySegment;

/// How the rows of a list are written in short: the difference between a row and its list's
/// centroid, as one code for each component.
///
/// With `x = c + r` and `r` written as `r'`, the distance of a query is
///
/// ```
/// l2:  |q - c|² + (|r'|² + 2 c·r') - 2 q·r'
/// dot:  -q·c                       -   q·r'
/// ```
///
/// The first part is one for each list, the second one for each row and stored with it, and the
/// third needs one table for each query, whatever lists it looks into. Immutable, thread-safe.
sealed interface ListCodec permits ByteCodec, NibbleCodec {
  /// Codes of a row.
  int components();

  long blockBytes();

  /// Takes a vector into the space that codes are of, where distances are the same.
  void toCodeSpace(float[] vector, float[] into);

  /// @param residual in code space
  /// @param code one byte for each component
  /// @param scratch room for 16
  void encode(float[] residual, byte[] code, float[] scratch);

  /// What a code stands for, in code space.
  void decode(byte[] code, float[] into);

  /// Writes a row's code into a block that is zero there.
  void put(MemorySegment codes, long block, int row, byte[] code);

  /// Reads a row's code.
  void take(MemorySegment codes, long block, int row, byte[] code);

  /// Makes a query's table: a row's distance is then `base + offset + term + scale · sum`.
  ///
  /// @param factor of the inner product of query and row in the distance
  void prepare(float[] query, float factor, QueryTable table);

  /// Scans the blocks that the scan names.
  ///
  /// @return how many rows the scan now holds
  int scan(QueryTable table, BlockScan scan);

  /// The numbers that make the codec again.
  float[] parameters();
}
