package io.kindred.server.telemetry;

/// What a histogram has counted between two looks at it. Owned by one thread.
final class LatencyWindow {
  private long[] before;

  private LatencyWindow(long[] before) {
    this.before = before;
  }

  /// Begins now.
  LatencyWindow(LatencyHistogram latency) {
    this(latency.counts());
  }

  /// Begins with the histogram.
  static LatencyWindow ofNothing() {
    return new LatencyWindow(new LatencyHistogram().counts());
  }

  /// The calls of a while, and how long they took. Immutable.
  static final class Seen {
    static final Seen NONE = new Seen(new LatencyHistogram().counts());

    private final long[] counts;

    private Seen(long[] counts) {
      this.counts = counts;
    }

    long calls() {
      long calls = 0;
      for (long count : counts) {
        calls += count;
      }
      return calls;
    }

    /// 0 where there was no call.
    long p50Micros() {
      return LatencyHistogram.quantile(counts, 0.5) / 1000;
    }

    /// 0 where there was no call.
    long p99Micros() {
      return LatencyHistogram.quantile(counts, 0.99) / 1000;
    }

    /// These calls and others.
    Seen and(Seen others) {
      long[] sum = counts.clone();
      for (int i = 0; i < sum.length; i++) {
        sum[i] += others.counts[i];
      }
      return new Seen(sum);
    }
  }

  /// What was counted since the last look.
  Seen next(LatencyHistogram latency) {
    long[] after = latency.counts();
    Seen seen = new Seen(LatencyHistogram.difference(after, before));
    before = after;
    return seen;
  }
}
