package io.kindred.engine.index;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/// An index over the vectors of one field of a base. Immutable after its build; thread-safe.
///
/// Distances are lower for nearer: l2 the squared distance, dot the negated inner product, cosine
/// the negated cosine.
public interface VectorIndex {
  /// `flat`, `hnsw`, `ivf_flat`, `ivf_pq` or `ivf_hnsw_pq`.
  String kind();

  /// Vectors that the index reaches.
  long linkedCount();

  /// Finds near passing ordinals and offers them to `into`, which holds the best `k`. May find
  /// fewer than there are: [IndexSearch] guarantees the count. Leaves in the context how many
  /// passing rows it saw, with those that `into` refused.
  ///
  /// @param query as prepared by the context for the metric (unit length under cosine)
  /// @param ef beam width, at least k; of an inverted file the lists to probe
  void search(float[] query, int ef, Pass pass, SearchContext context, TopK into);

  /// The beam width, or number of lists, that reached this recall of the k nearest in the
  /// measurement at build time.
  int efFor(double recall, int k);

  /// Vectors that a search of this breadth compares, about.
  ///
  /// @param share of the linked rows that passes, above 0
  /// @param asksBits whether the pass's bits are asked before a row is compared, and those that do
  ///   not pass are left out
  default double visitsFor(int breadth, double share, boolean asksBits) {
    return Math.min((double) linkedCount(), SearchCosts.visits(breadth / share));
  }

  /// Up to as many rows, a scan is as quick as a search through the index.
  default int smallRows() {
    return 2_000;
  }

  /// The share of passing rows among those near the query where walks begin. Of a graph only.
  ///
  /// @param query as of [#search]
  default double shareNear(float[] query, PassBits bits, SearchContext context) {
    throw new UnsupportedOperationException(kind());
  }

  /// What comparing a row by its code takes, in nanoseconds, where rows are named and lie apart;
  /// infinite where the index has no codes that are quicker than the rows themselves.
  default double codeNanos() {
    return Double.POSITIVE_INFINITY;
  }

  /// Compares the codes of all rows that the pass's bits name, or its list where it has no bits,
  /// and the nearest of them again by their floats, as many as a search of this breadth. Gives up
  /// where fewer of the nearest pass. Only where there are [#codeNanos].
  ///
  /// @param query as of [#search]
  default void scanCodes(float[] query, int breadth, Pass pass, SearchContext context, TopK into) {
    throw new UnsupportedOperationException(kind());
  }

  /// The index over the rows of a partition only, or null where that has none of its own.
  default @Nullable VectorIndex ofPartition(OrdinalList partition) {
    return null;
  }

  /// How a search through this index is called.
  default IndexSearch.Path path() {
    return IndexSearch.Path.GRAPH;
  }

  /// What was chosen and measured at the build, for people.
  Map<String, String> parameters();
}
