package io.kindred.bench.report;

import java.util.Arrays;

/// Times of calls, one after the other. Owned by one thread.
public final class Stopwatch {
  private double[] micros = new double[1024];
  private int count;
  private long startedNanos;

  public void start() {
    startedNanos = System.nanoTime();
  }

  public void stop() {
    long nanos = System.nanoTime() - startedNanos;
    if (count == micros.length) {
      micros = Arrays.copyOf(micros, 2 * count);
    }
    micros[count++] = nanos / 1e3;
  }

  public Samples micros() {
    return new Samples(Arrays.copyOf(micros, count));
  }
}
