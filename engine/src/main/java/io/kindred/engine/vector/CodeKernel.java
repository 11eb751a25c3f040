package io.kindred.engine.vector;

/// Scans blocks of quantised rows for those nearer than a bound, without a branch per row. No call
/// allocates. Immutable, thread-safe.
public abstract sealed class CodeKernel permits ScalarCodeKernel, VectorCodeKernel {
  /// The largest sum of a table's largest entries, one of each component.
  public static final int TABLE_SUM_MAX = 65_535;

  /// The fastest kernel of this machine.
  public static CodeKernel fastest() {
    return VectorCodeKernel.INSTANCE;
  }

  /// The plain loops that the fast kernel is compared with.
  public static CodeKernel scalar() {
    return ScalarCodeKernel.INSTANCE;
  }

  /// Scans blocks of nibbles; a row's sum is that of the table's entries for its components (André,
  /// Kermarrec and Le Scouarnec, "Cache locality is not enough", VLDB 2015).
  ///
  /// @param table 16 unsigned bytes for each component, zeros for padding ones; the sum of each
  ///   component's largest is at most [#TABLE_SUM_MAX]
  /// @return how many rows the scan now holds, in ascending order
  public abstract int scanNibbles(byte[] table, BlockScan scan);

  /// Scans blocks of bytes; a row's sum is that of its unsigned components times the weights.
  ///
  /// @param weights one for each component, zeros for padding ones
  /// @return how many rows the scan now holds, in ascending order
  public abstract int scanBytes(float[] weights, BlockScan scan);
}
