package io.kindred.engine.index;

/// What walks of a graph visit, as a multiple of [VectorIndex#visitsFor]: the median of those
/// without a filter so far, about, by small steps up or down. Thread-safe: where two threads take a
/// step at once, one of them may be lost.
final class VisitFactor {
  /// With 32 links a node; sparser graphs visit less.
  static final double FIRST = 2;

  private static final double STEP = 0.02;

  private volatile double value;

  VisitFactor(double first) {
    value = first;
  }

  double value() {
    return value;
  }

  void learn(SearchContext context) {
    double factor = value;
    boolean isMore = context.visitedCount > context.expectedVisits;
    value = isMore ? factor * (1 + STEP) : factor * (1 - STEP);
  }
}
