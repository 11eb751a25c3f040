package io.kindred.engine.ivf;

import io.kindred.engine.quantize.ProductQuantizer;
import io.kindred.engine.vector.ScanTable;

/// What a codec prepares for one query. Owned by the searching thread; allocates only for a wider
/// codec than ever before.
final class QueryTable {
  final ScanTable scan = new ScanTable();

  float scale;
  float offset;

  /// Weights of bytes.
  float[] weights = new float[0];

  /// The query in code space, and the products of its parts with all centroids.
  float[] rotated = new float[0];

  float[] products = new float[0];

  /// Entries of nibbles.
  byte[] entries = new byte[0];

  /// Makes room for weights.
  void reserveBytes(int components) {
    if (weights.length < components) {
      weights = new float[components];
    }
  }

  /// Makes room for products and entries.
  void reserveNibbles(int dimension, int subspaces) {
    if (rotated.length < dimension) {
      rotated = new float[dimension];
    }
    int count = subspaces * ProductQuantizer.CENTROIDS;
    if (entries.length < count) {
      entries = new byte[count];
      products = new float[count];
    }
  }
}
