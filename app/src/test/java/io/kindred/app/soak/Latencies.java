package io.kindred.app.soak;

import java.util.Arrays;

/// How long calls took, from when each was due. Thread-safe.
final class Latencies {
  private long[] nanos = new long[1_024];
  private int count;

  /// Of the calls between two samples. Immutable.
  ///
  /// @param p50Millis NaN where there was no call
  record Summary(int count, double p50Millis, double p99Millis, double maxMillis) {}

  synchronized void add(long duration) {
    if (count == nanos.length) {
      nanos = Arrays.copyOf(nanos, 2 * count);
    }
    nanos[count++] = duration;
  }

  /// What was added since the last call.
  synchronized Summary take() {
    Arrays.sort(nanos, 0, count);
    Summary summary = new Summary(count, millis(0.5), millis(0.99), millis(1));
    count = 0;
    return summary;
  }

  private double millis(double share) {
    return count == 0 ? Double.NaN : nanos[Math.min(count - 1, (int) (count * share))] / 1e6;
  }
}
