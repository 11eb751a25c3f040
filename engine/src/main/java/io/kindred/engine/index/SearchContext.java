package io.kindred.engine.index;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.Kernel;
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
  final TestedPass tested = new TestedPass();

  /// Nodes where a walk starts.
  int[] starts = new int[HnswGraph.ENTRIES_MAX + 1];

  int startCount;

  int[] links = new int[BLOCK];
  int[] nodes = new int[BLOCK];
  int[] ordinals = new int[BLOCK];
  float[] distances = new float[BLOCK];

  /// Ordinals of a list or of bits, before they are tested.
  final int[] listed = new int[BLOCK];

  /// Where a search writes down what it did, or null where nobody asked.
  private @Nullable SearchTrace trace;

  private float[] query = new float[0];

  /// A share of passing rows so small that a graph searches until it has found enough of them.
  static final double FRACTION_UNKNOWN = Double.MIN_NORMAL;

  /// The share of a graph's rows that is expected to pass, above 0; it widens its beam by it.
  double passFraction = 1;

  /// A graph walk gives up after as many vectors.
  long visitBudget = Long.MAX_VALUE;

  /// What the way that was chosen takes more than one with the filter's bits would, as expected.
  double rentNanos;

  /// The beam width, or the lists to probe.
  int breadth;

  /// What an exact search is expected to take, and each row that a walk visits.
  double exactNanos;

  double visitNanos;

  /// How many rows a walk is expected to visit.
  double expectedVisits;

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

  /// Sets where the searches from here on write down what they do.
  public void traceTo(@Nullable SearchTrace target) {
    trace = target;
  }

  @Nullable SearchTrace trace() {
    return trace;
  }

  /// Vectors compared since [#begin].
  public long visitedCount() {
    return visitedCount;
  }

  /// A pass without its bits, for a walk that goes through rows that do not pass.
  static final class TestedPass implements Pass {
    private Pass pass = Pass.ALL;

    TestedPass of(Pass other) {
      pass = other;
      return this;
    }

    @Override
    public boolean test(int ordinal) {
      return pass.test(ordinal);
    }
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
