package io.kindred.stream.run;

import java.util.concurrent.atomic.LongAdder;

/// A count, and how fast it grew in the last ten seconds. Thread-safe; [#sample] is called once a
/// second by one thread.
final class Rate {
  private static final int SECONDS = 10;

  private final LongAdder count = new LongAdder();
  private final long[] samples = new long[SECONDS + 1];
  private int taken;

  void add(long more) {
    count.add(more);
  }

  long count() {
    return count.sum();
  }

  synchronized void sample() {
    samples[taken % samples.length] = count.sum();
    taken++;
  }

  synchronized double perSecond() {
    int last = taken - 1;
    int first = Math.max(last - SECONDS, 0);
    return last > first
        ? (double) (samples[last % samples.length] - samples[first % samples.length])
            / (last - first)
        : 0;
  }
}
