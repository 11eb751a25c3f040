package io.kindred.engine.index;

/// A quantity that searches measure as they go: the median of what was measured so far, about, by
/// small steps up or down. Thread-safe: where two threads take a step at once, one of them may be
/// lost.
final class Learned {
  private static final double STEP = 0.02;

  private volatile double value;

  Learned(double first) {
    value = first;
  }

  double value() {
    return value;
  }

  /// Steps towards what was measured.
  void learn(double measured) {
    double before = value;
    value = measured > before ? before * (1 + STEP) : before * (1 - STEP);
  }
}
