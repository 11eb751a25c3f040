package io.kindred.engine.index;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.Walk;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// The scratch memory of one search: query, graph walk, and the batch of a scan.
///
/// Owned by the searching thread between [SearchContexts#acquire] and `release`. Grows to the
/// largest index and `ef` it has met, then allocates nothing.
public final class SearchContext {
  /// Rows of one block of a scan.
  static final int BLOCK = 256;

  final int[] ordinals = new int[BLOCK];
  final float[] distances = new float[BLOCK];

  private final Walk walk = new Walk();
  final TestedPass tested = new TestedPass();

  /// Ordinals of a list or of bits, before they are tested.
  final int[] listed = new int[BLOCK];

  /// Where a search writes down what it did, or null where nobody asked.
  private @Nullable SearchTrace trace;

  private float[] query = new float[0];

  private @Nullable Object extension;

  /// A share of passing rows so small that a graph searches until it has found enough of them.
  static final double FRACTION_UNKNOWN = Double.MIN_NORMAL;

  /// The share of a graph's rows that is expected to pass, above 0; it widens its beam by it.
  double passFraction = 1;

  /// The share of the rows named by a filter's bits or a list that is expected to pass, above 0.
  double namedFraction = 1;

  /// The quickest way that compares all rows that could pass.
  IndexSearch.Path fallback = IndexSearch.Path.EXACT;

  /// Whether a walk asks the pass's bits.
  boolean asksBits;

  /// Whether a walk goes around rows that do not pass, instead of through them.
  boolean goesAround;

  /// The part of a beam that grows as fewer rows pass, above 0; see [#width].
  double growingPart = 1;

  /// Whether fewer rows of the last beam pass than it takes for the wanted recall.
  boolean hasFewPassing;

  /// A graph walk gives up after as many vectors.
  long visitBudget = Long.MAX_VALUE;

  /// What the way that was chosen takes more than one with the filter's bits would, as expected.
  double rentNanos;

  /// The beam width, or the lists to probe.
  int breadth;

  /// What comparing all rows that could pass is expected to take, and each row that a walk visits.
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
    namedFraction = 1;
    growingPart = 1;
    goesAround = false;
    hasFewPassing = false;
    visitBudget = Long.MAX_VALUE;
    hasGivenUp = false;
    visitedCount = 0;
    passingInBeam = 0;
    return query;
  }

  /// The query as [#begin] prepared it.
  float[] prepared() {
    return query;
  }

  /// How wide a beam of this breadth is to be where a share of the rows passes: that the nearest `k
  /// / share` rows are in it takes less than `1 / share` times the breadth.
  public int width(int breadth, double share) {
    return (int) Math.min(Integer.MAX_VALUE, Math.ceil(growing(breadth) / share + fixed(breadth)));
  }

  /// The part of a breadth that is the same at all shares.
  public double fixed(int breadth) {
    return breadth - growing(breadth);
  }

  /// The part of a breadth that is divided by the share.
  public double growing(int breadth) {
    return growingPart * breadth;
  }

  /// Whether a walk is to go around rows that do not pass, instead of through them.
  public boolean goesAround() {
    return goesAround;
  }

  /// Says that a walk had to go around rows that do not pass.
  public void goAround() {
    goesAround = true;
  }

  /// Says whether fewer rows of a beam pass than it takes.
  public void setFewPassing(boolean areFew) {
    hasFewPassing = areFew;
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

  /// The memory of an index that keeps its own: made once, then kept with the context.
  public <S> S extension(Class<S> type, Supplier<S> create) {
    if (!type.isInstance(extension)) {
      extension = create.get();
    }
    return type.cast(extension);
  }

  /// Adds to [#visitedCount].
  public void addVisited(long count) {
    visitedCount += count;
  }

  /// The scratch memory of graph walks.
  public Walk walk() {
    return walk;
  }

  /// Room for the ordinals of a block, as long as [#distances].
  public int[] ordinals() {
    return ordinals;
  }

  /// Room for the distances of a block.
  public float[] distances() {
    return distances;
  }

  /// The share of rows that is expected to pass, above 0: of all, or in [VectorIndex#scanCodes] of
  /// those that are named.
  public double passFraction() {
    return passFraction;
  }

  /// The share of the rows named by a filter's bits or a list that is expected to pass, above 0.
  public double namedFraction() {
    return namedFraction;
  }

  /// Whether a walk is to go on until it has found enough passing rows.
  public boolean isToWalkOn() {
    return passFraction == FRACTION_UNKNOWN;
  }

  /// A walk gives up after as many vectors.
  public long visitBudget() {
    return visitBudget;
  }

  /// Says that a walk gave up.
  public void giveUp() {
    hasGivenUp = true;
  }

  /// Says how many passing candidates the last walk saw among its nearest.
  public void setPassingInBeam(int count) {
    passingInBeam = count;
  }
}
