package io.kindred.app.demo;

import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;

/// How long calls took: all of them counted, and the last 10,000 kept. Thread-safe.
final class Latencies {
  private static final int KEPT = 10_000;

  private final long[] nanos = new long[KEPT];
  private long count;

  synchronized void add(long took) {
    nanos[(int) (count % KEPT)] = took;
    count++;
  }

  synchronized long count() {
    return count;
  }

  /// The time within which that share of the kept calls was answered; zero before the first.
  private synchronized Duration quantile(double share) {
    int kept = (int) Math.min(count, KEPT);
    if (kept == 0) {
      return Duration.ZERO;
    }
    long[] sorted = Arrays.copyOf(nanos, kept);
    Arrays.sort(sorted);
    return Duration.ofNanos(sorted[Math.min(kept - 1, (int) (share * kept))]);
  }

  /// The median and the 99th percentile, for people.
  String quantiles() {
    return String.format(
        Locale.ROOT,
        "%.2f / %.2f ms",
        quantile(0.5).toNanos() / 1e6,
        quantile(0.99).toNanos() / 1e6);
  }
}
