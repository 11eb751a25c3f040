package io.kindred.server.telemetry;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/// How many rows of one table were written and read, how often it was searched, and how long its
/// calls took, since the start. Thread-safe.
public final class TableTraffic {
  private final LongAdder rowsWritten = new LongAdder();
  private final LongAdder rowsRead = new LongAdder();
  private final LongAdder searches = new LongAdder();

  /// By operation, made with its first call.
  private final Map<Operation, LatencyHistogram> latencies = new ConcurrentHashMap<>();

  public void wrote(long rows) {
    rowsWritten.add(rows);
  }

  public void read(long rows) {
    rowsRead.add(rows);
  }

  public void searched(long queries) {
    searches.add(queries);
  }

  void took(Operation operation, long nanos) {
    LatencyHistogram latency = latencies.get(operation);
    if (latency == null) {
      latency = latencies.computeIfAbsent(operation, any -> new LatencyHistogram());
    }
    latency.record(nanos);
  }

  /// Of the calls of one operation; null where there was none.
  @Nullable LatencyHistogram latency(Operation operation) {
    return latencies.get(operation);
  }

  /// The counts at a moment. Immutable.
  record Counts(long rowsWritten, long rowsRead, long searches) {
    static final Counts NONE = new Counts(0, 0, 0);

    Counts since(Counts earlier) {
      return new Counts(
          rowsWritten - earlier.rowsWritten,
          rowsRead - earlier.rowsRead,
          searches - earlier.searches);
    }

    Counts plus(Counts other) {
      return new Counts(
          rowsWritten + other.rowsWritten, rowsRead + other.rowsRead, searches + other.searches);
    }
  }

  Counts counts() {
    return new Counts(rowsWritten.sum(), rowsRead.sum(), searches.sum());
  }
}
