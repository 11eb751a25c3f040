package io.kindred.engine;

/// Which index serves a vector field, and its build parameters. Immutable.
public sealed interface IndexSpec {
  /// Exact search over all rows.
  record Flat() implements IndexSpec {}

  /// Hierarchical navigable small world graph (Malkov and Yashunin, arXiv 1603.09320).
  ///
  /// @param m links per node above the bottom layer, 2 to 128; the bottom layer has twice as many
  /// @param efConstruction beam width of the build, `m` to 4096
  /// @param quantization of what a walk compares
  record Hnsw(int m, int efConstruction, Quantization quantization) implements IndexSpec {
    public static final Hnsw DEFAULT = new Hnsw(16, 200, Quantization.SQ8);

    /// With 8-bit codes.
    public Hnsw(int m, int efConstruction) {
      this(m, efConstruction, Quantization.SQ8);
    }

    public Hnsw {
      if (m < 2 || m > 128) {
        throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "index.m", m, "2 to 128");
      }
      if (efConstruction < m || efConstruction > 4096) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "index.ef_construction",
            efConstruction,
            "m to 4096, with m = " + m);
      }
    }
  }
}
