package io.kindred.server.survey;

import java.util.Arrays;

/// How numbers are spread: quantiles, and counts in bins of one width. Immutable.
///
/// @param counts of numbers in equal parts of `[min, max]`; one bin where all are equal
record Histogram(
    double min, double max, double mean, double p5, double p50, double p95, int[] counts) {
  private static final int BINS = 32;

  /// @param numbers at least one, all finite; sorted by this
  static Histogram of(double[] numbers) {
    Arrays.sort(numbers);
    double min = numbers[0];
    double max = numbers[numbers.length - 1];
    int[] counts = new int[max > min ? BINS : 1];
    double sum = 0;
    for (double number : numbers) {
      sum += number;
      double share = max > min ? (number - min) / (max - min) : 0;
      counts[Math.min((int) (share * counts.length), counts.length - 1)]++;
    }
    return new Histogram(
        min,
        max,
        sum / numbers.length,
        quantile(numbers, 0.05),
        quantile(numbers, 0.5),
        quantile(numbers, 0.95),
        counts);
  }

  private static double quantile(double[] sorted, double quantile) {
    return sorted[(int) Math.min(sorted.length - 1L, Math.round(quantile * (sorted.length - 1)))];
  }
}
