package io.kindred.server.telemetry;

import java.util.concurrent.atomic.AtomicLongArray;

/// Counts durations in buckets that are at most an eighth of their lower bound wide, so a quantile
/// is off by at most 12.5 %. Thread-safe, without locks.
///
/// Bucket `8 * (e + 1) + f` holds durations of `(8 + f) * 2^e` nanoseconds and above (the layout of
/// HDR histograms); all below 8 ns share the first eight.
final class LatencyHistogram {
  private static final int FRACTION_BITS = 3;
  private static final int FRACTIONS = 1 << FRACTION_BITS;

  /// Enough for 2^40 ns, 18 minutes; what is longer counts as that.
  private static final int BUCKETS = (40 - FRACTION_BITS + 1) * FRACTIONS;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS);

  void record(long nanos) {
    counts.getAndIncrement(bucket(nanos));
  }

  /// The counts so far; the difference of two is what happened between them.
  long[] counts() {
    long[] copy = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      copy[i] = counts.get(i);
    }
    return copy;
  }

  static long[] difference(long[] later, long[] earlier) {
    long[] difference = new long[BUCKETS];
    for (int i = 0; i < BUCKETS; i++) {
      difference[i] = later[i] - earlier[i];
    }
    return difference;
  }

  /// The upper bound of the bucket in which the quantile lies, in nanoseconds; 0 where nothing
  /// counts.
  static long quantile(long[] counts, double quantile) {
    long total = 0;
    for (long count : counts) {
      total += count;
    }
    long rank = (long) Math.ceil(total * quantile);
    long seen = 0;
    for (int i = 0; i < BUCKETS && rank > 0; i++) {
      seen += counts[i];
      if (seen >= rank) {
        return lowerBound(i + 1);
      }
    }
    return 0;
  }

  static int bucket(long nanos) {
    if (nanos < FRACTIONS) {
      return (int) Math.max(nanos, 0);
    }
    int exponent = 63 - Long.numberOfLeadingZeros(nanos) - FRACTION_BITS;
    int fraction = (int) (nanos >>> exponent) - FRACTIONS;
    return Math.min((exponent + 1) * FRACTIONS + fraction, BUCKETS - 1);
  }

  static long lowerBound(int bucket) {
    int exponent = bucket / FRACTIONS - 1;
    int fraction = bucket % FRACTIONS;
    return exponent < 0 ? fraction : (long) (FRACTIONS + fraction) << exponent;
  }
}
