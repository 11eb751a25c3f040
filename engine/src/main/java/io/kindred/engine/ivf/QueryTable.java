package io.kindred.engine.ivf;

import io.kindred.engine.quantize.ProductQuantizer;
import io.kindred.engine.vector.CodeBlocks;
import java.util.Arrays;

/// What a codec prepares for one query. Owned by the searching thread; allocates only for a wider
/// codec than ever before.
final class QueryTable {
  float scale;
  float offset;

  /// Weights of bytes.
  float[] weights = new float[0];

  /// The query in code space, and the products of its parts with all centroids.
  float[] rotated = new float[0];

  float[] products = new float[0];

  /// Entries of nibbles.
  byte[] entries = new byte[0];

  /// Makes room for weights, zeros behind the last.
  void beginBytes(int components) {
    int count = CodeBlocks.paddedComponents(components);
    if (weights.length < count) {
      weights = new float[count];
    }
    Arrays.fill(weights, components, count, 0);
  }

  /// Makes room for entries, zeros behind those of the last component.
  void beginNibbles(int dimension, int subspaces) {
    if (rotated.length < dimension) {
      rotated = new float[dimension];
    }
    int count = CodeBlocks.paddedComponents(subspaces) * ProductQuantizer.CENTROIDS;
    if (entries.length < count) {
      entries = new byte[count];
      products = new float[count];
    }
    Arrays.fill(entries, subspaces * ProductQuantizer.CENTROIDS, count, (byte) 0);
  }
}
