package io.kindred.bench;

import java.util.Arrays;

/// Measurements of one thing, repeated. Immutable.
final class Samples {
  private final double[] sorted;

  /// @param values at least one
  Samples(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("samples: none (expected: at least one)");
    }
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  double least() {
    return sorted[0];
  }

  double largest() {
    return sorted[sorted.length - 1];
  }

  double median() {
    return percentile(50);
  }

  /// The least value that at least this share of the values does not exceed.
  double percentile(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
  }

  double mean() {
    return Arrays.stream(sorted).sum() / sorted.length;
  }

  int count() {
    return sorted.length;
  }
}
