package io.kindred.engine.index;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.Kernel;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The scratch memory of one search: query, beam, visited nodes, and the batch of a hop.
///
/// Owned by the searching thread between [SearchContexts#acquire] and `release`. Grows to the
/// largest index and `ef` it has met, then allocates nothing.
public final class SearchContext {
  /// Rows of one block of a scan.
  static final int BLOCK = 256;

  final Beam beam = new Beam();
  final VisitedSet visited = new VisitedSet();
  final NearestFirst frontier = new NearestFirst();
  final TopK wide = new TopK();
  final GraphWalk walk = new GraphWalk(this);
  final Space.Origin origin = new Space.Origin();

  /// Nodes where a walk starts.
  int[] starts = new int[HnswGraph.ENTRIES_MAX + 1];

  int startCount;

  int[] links = new int[BLOCK];
  int[] nodes = new int[BLOCK];
  int[] ordinals = new int[BLOCK];
  float[] distances = new float[BLOCK];

  private float[] query = new float[0];

  private @Nullable Object extension;

  /// A share of passing rows so small that a graph searches until it has found enough of them.
  static final double FRACTION_UNKNOWN = Double.MIN_NORMAL;

  /// The share of a graph's rows that is expected to pass, above 0; it widens its beam by it.
  double passFraction = 1;

  /// A graph walk gives up after as many vectors.
  long visitBudget = Long.MAX_VALUE;

  /// Whether a graph walk gave up.
  boolean hasGivenUp;

  /// Vectors compared since [#begin].
  long visitedCount;

  /// Passing candidates that the last graph walk saw among its nearest.
  int passingInBeam;

  /// Starts a search.
  ///
  /// @return the query in the form that the metric's kernel takes, valid until the next `begin`
  public float[] begin(Metric metric, float[] raw, int dimension) {
    if (query.length < dimension) {
      query = new float[dimension];
    }
    Kernel.prepare(metric, raw, dimension, query);
    passFraction = 1;
    visitBudget = Long.MAX_VALUE;
    hasGivenUp = false;
    visitedCount = 0;
    passingInBeam = 0;
    return query;
  }

  /// Vectors compared since [#begin].
  public long visitedCount() {
    return visitedCount;
  }

  /// The memory of an index that keeps its own: made once, then kept with the context.
  public <S> S extension(Class<S> type, Supplier<S> create) {
    if (!type.isInstance(extension)) {
      extension = create.get();
    }
    return type.cast(extension);
  }

  /// Counts vectors that an index with memory of its own has compared.
  public void addVisited(long count) {
    visitedCount += count;
  }

  /// Room for a hop of as many links.
  void ensureHop(int linkCount) {
    if (links.length < linkCount) {
      links = new int[linkCount];
      nodes = new int[linkCount];
      ordinals = new int[linkCount];
      distances = new float[linkCount];
    }
  }
}
