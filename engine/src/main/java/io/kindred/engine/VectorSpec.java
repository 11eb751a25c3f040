package io.kindred.engine;

/// A vector field of a table. Immutable.
///
/// @param dimension float32 components of each vector, 1 to 8192
public record VectorSpec(int dimension, Metric metric, IndexSpec index) {
  public VectorSpec {
    if (dimension < 1 || dimension > Limits.DIMENSION_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "dimension", dimension, "1 to " + Limits.DIMENSION_MAX);
    }
    int subspaces =
        switch (index) {
          case IndexSpec.IvfPq pq -> pq.subspaces();
          case IndexSpec.IvfHnswPq pq -> pq.subspaces();
          case IndexSpec.Flat _, IndexSpec.Hnsw _, IndexSpec.IvfFlat _ -> 0;
        };
    if (subspaces > dimension) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "index.subspaces",
          subspaces,
          "at most the dimension, " + dimension);
    }
  }

  /// Bytes of one vector: four a component.
  public int sizeBytes() {
    return dimension * Float.BYTES;
  }
}
