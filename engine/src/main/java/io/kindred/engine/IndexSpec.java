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

  /// Inverted lists: rows are kept by the nearest of many centroids, and a search scans the lists
  /// of those nearest to the query (Jégou, Douze and Schmid, TPAMI 2011). What is found by short
  /// codes is compared by the full vectors.
  sealed interface Ivf extends IndexSpec {
    /// More would leave the centroids of a search costlier than its rows.
    int LISTS_MAX = 1 << 20;

    /// How many lists, or 0 for about four times the root of the number of rows.
    int lists();
  }

  /// Inverted lists with codes of 8 bits a component.
  ///
  /// @param lists 0 to [Ivf#LISTS_MAX]
  record IvfFlat(int lists) implements Ivf {
    public IvfFlat {
      requireLists(lists);
    }
  }

  /// Inverted lists with codes of 4 bits for each part of a vector (product quantization).
  ///
  /// @param lists 0 to [Ivf#LISTS_MAX]
  /// @param subspaces parts of a vector, at most its dimension; 0 for half of it
  record IvfPq(int lists, int subspaces) implements Ivf {
    public IvfPq {
      requireLists(lists);
      requireSubspaces(subspaces);
    }
  }

  /// As [IvfPq], the nearest centroids found by a graph over them.
  ///
  /// @param graph of the centroids
  record IvfHnswPq(int lists, int subspaces, Hnsw graph) implements Ivf {
    public IvfHnswPq {
      requireLists(lists);
      requireSubspaces(subspaces);
    }
  }

  private static void requireLists(int lists) {
    if (lists < 0 || lists > Ivf.LISTS_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "index.lists",
          lists,
          "1 to " + Ivf.LISTS_MAX + ", or 0 to choose by the number of rows");
    }
  }

  private static void requireSubspaces(int subspaces) {
    if (subspaces < 0 || subspaces > Limits.DIMENSION_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "index.subspaces",
          subspaces,
          "1 to the dimension, or 0 for half of it");
    }
  }
}
