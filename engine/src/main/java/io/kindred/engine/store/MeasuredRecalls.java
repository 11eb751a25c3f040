package io.kindred.engine.store;

import io.kindred.engine.TableInfo;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/// The recall that live searches of one table had, by vector field: the mean of the last samples.
/// Thread-safe.
final class MeasuredRecalls {
  /// How many samples the mean is of.
  private static final int WINDOW = 256;

  private final AtomicLong nextNanos = new AtomicLong(System.nanoTime());
  private final Map<String, Window> windows = new LinkedHashMap<>();

  /// The last samples of a field.
  private static final class Window {
    private final float[] recalls = new float[WINDOW];
    private long count;
  }

  /// Whether it is time for another sample; if so, the next one is due an interval later.
  boolean isDue(Duration interval) {
    long now = System.nanoTime();
    long due = nextNanos.get();
    return now - due >= 0 && nextNanos.compareAndSet(due, now + interval.toNanos());
  }

  void add(String field, double recall) {
    synchronized (windows) {
      Window window = windows.computeIfAbsent(field, name -> new Window());
      window.recalls[(int) (window.count++ % WINDOW)] = (float) recall;
    }
  }

  /// What was measured; fields without a sample are left out.
  Map<String, TableInfo.MeasuredRecall> figures() {
    synchronized (windows) {
      Map<String, TableInfo.MeasuredRecall> figures = new LinkedHashMap<>();
      windows.forEach((field, window) -> figures.put(field, figure(window)));
      return figures;
    }
  }

  private static TableInfo.MeasuredRecall figure(Window window) {
    int filled = (int) Math.min(window.count, WINDOW);
    double sum = 0;
    for (int i = 0; i < filled; i++) {
      sum += window.recalls[i];
    }
    return new TableInfo.MeasuredRecall(sum / filled, window.count);
  }
}
