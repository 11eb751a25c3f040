package io.kindred.server.telemetry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.Random;
import org.junit.jupiter.api.Test;

final class LatencyHistogramTest {
  @Test
  void everyDurationLiesWithinItsBucketAndBucketsAreNarrow() {
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      long nanos = random.nextLong() >>> (24 + random.nextInt(40));
      int bucket = LatencyHistogram.bucket(nanos);
      long lower = LatencyHistogram.lowerBound(bucket);
      long upper = LatencyHistogram.lowerBound(bucket + 1);
      assertThat(nanos).isBetween(lower, upper - 1);
      assertThat(upper - lower).isLessThanOrEqualTo(Math.max(1, lower / 8));
    }
  }

  @Test
  void theLongestAndTheNegativeAreCountedToo() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(Long.MAX_VALUE);
    histogram.record(-1);
    assertThat(LatencyHistogram.quantile(histogram.counts(), 0.5)).isEqualTo(1);
    assertThat(LatencyHistogram.quantile(histogram.counts(), 1)).isGreaterThan(1L << 39);
  }

  @Test
  void quantilesAreThoseOfWhatHappenedBetweenTwoCounts() {
    LatencyHistogram histogram = new LatencyHistogram();
    histogram.record(1_000_000_000);
    long[] before = histogram.counts();
    for (int i = 1; i <= 1_000; i++) {
      histogram.record(i * 1_000L);
    }
    long[] change = LatencyHistogram.difference(histogram.counts(), before);
    assertThat((double) LatencyHistogram.quantile(change, 0.5)).isCloseTo(500e3, within(63e3));
    assertThat((double) LatencyHistogram.quantile(change, 0.99)).isCloseTo(990e3, within(124e3));
    assertThat(LatencyHistogram.quantile(before, 0)).isZero();
  }
}
