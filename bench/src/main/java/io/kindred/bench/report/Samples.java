package io.kindred.bench.report;

import java.util.Arrays;

/// Measurements of one thing, repeated. Immutable.
public final class Samples {
  private final double[] sorted;

  /// @param values at least one
  public Samples(double... values) {
    if (values.length == 0) {
      throw new IllegalArgumentException("samples: none (expected: at least one)");
    }
    sorted = values.clone();
    Arrays.sort(sorted);
  }

  public double least() {
    return sorted[0];
  }

  public double largest() {
    return sorted[sorted.length - 1];
  }

  public double median() {
    return percentile(50);
  }

  /// The least value that at least this share of the values does not exceed.
  public double percentile(double percent) {
    int rank = (int) Math.ceil(percent / 100 * sorted.length);
    return sorted[Math.clamp(rank - 1L, 0, sorted.length - 1)];
  }

  public double mean() {
    return Arrays.stream(sorted).sum() / sorted.length;
  }

  public int count() {
    return sorted.length;
  }
}
