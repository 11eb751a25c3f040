package io.kindred.engine.vector;

/// Scans blocks of quantised rows for those nearer than a bound, without a branch per row. No call
/// allocates. Immutable, thread-safe.
///
/// See `engine/src/main/c/lists.inc` for the same loops in C; a test compares them.
public sealed interface CodeKernel permits NativeCodeKernel, ScalarCodeKernel, VectorCodeKernel {
  /// The largest sum of a table's largest entries, one of each component.
  int TABLE_SUM_MAX = 65_535;

  /// The kernel of this process: native code where there is any for this machine.
  static CodeKernel best() {
    return Kernels.CODES;
  }

  /// The kernel that needs nothing but the JDK.
  static CodeKernel java() {
    return VectorCodeKernel.INSTANCE;
  }

  /// The plain loops that the fast kernels are compared with.
  static CodeKernel scalar() {
    return ScalarCodeKernel.INSTANCE;
  }

  /// Scans blocks of nibbles; a row's sum is that of the table's entries for its components (André,
  /// Kermarrec and Le Scouarnec, "Cache locality is not enough", VLDB 2015).
  ///
  /// @return how many rows the scan now holds, in ascending order
  int scanNibbles(BlockScan scan);

  /// Scans blocks of bytes; a row's sum is that of its unsigned components times the table's
  /// weights, or times weights that were rounded to 255 steps.
  ///
  /// @return how many rows the scan now holds, in ascending order
  int scanBytes(BlockScan scan);
}
