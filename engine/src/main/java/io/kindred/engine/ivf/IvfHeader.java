package io.kindred.engine.ivf;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;

/// What an index says of itself. Immutable.
///
/// @param components codes of a row: the dimension, or the parts of a vector
/// @param rowCount of the base
/// @param linkedCount rows in lists: those that have a vector
/// @param trainedRows rows that there were when the centroids were found
/// @param trainedImbalance of the lists then, see [ListData#imbalance]
record IvfHeader(
    Kind kind,
    Metric metric,
    int dimension,
    int components,
    int rowCount,
    int linkedCount,
    int listCount,
    int trainedRows,
    double trainedImbalance,
    IvfCalibration calibration) {

  /// A member of the family. The order is that of the file's codes.
  enum Kind {
    FLAT("ivf_flat"),
    PQ("ivf_pq"),
    HNSW_PQ("ivf_hnsw_pq");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }

    static Kind of(IndexSpec.Ivf spec) {
      return switch (spec) {
        case IndexSpec.IvfFlat _ -> FLAT;
        case IndexSpec.IvfPq _ -> PQ;
        case IndexSpec.IvfHnswPq _ -> HNSW_PQ;
      };
    }
  }

  IvfHeader with(IvfCalibration other) {
    return new IvfHeader(
        kind,
        metric,
        dimension,
        components,
        rowCount,
        linkedCount,
        listCount,
        trainedRows,
        trainedImbalance,
        other);
  }

  ListCodec codec(float[] parameters) {
    return kind == Kind.FLAT
        ? ByteCodec.of(dimension, parameters)
        : NibbleCodec.of(dimension, components, parameters);
  }

  int parameterCount() {
    return kind == Kind.FLAT ? 2 * dimension : NibbleCodec.parameterCount(dimension);
  }
}
