package io.kindred.bench;

import java.util.Arrays;

/// Times of calls, one after the other. Owned by one thread.
final class Stopwatch {
  private double[] micros = new double[1024];
  private int count;
  private long startedNanos;

  void start() {
    startedNanos = System.nanoTime();
  }

  void stop() {
    long nanos = System.nanoTime() - startedNanos;
    if (count == micros.length) {
      micros = Arrays.copyOf(micros, 2 * count);
    }
    micros[count++] = nanos / 1e3;
  }

  Samples micros() {
    return new Samples(Arrays.copyOf(micros, count));
  }
}
