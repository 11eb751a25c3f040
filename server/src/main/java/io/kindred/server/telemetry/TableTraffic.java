package io.kindred.server.telemetry;

import java.util.concurrent.atomic.LongAdder;

/// How many rows of one table were written and read and how often it was searched, since the start.
/// Thread-safe.
public final class TableTraffic {
  private final LongAdder rowsWritten = new LongAdder();
  private final LongAdder rowsRead = new LongAdder();
  private final LongAdder searches = new LongAdder();

  public void wrote(long rows) {
    rowsWritten.add(rows);
  }

  public void read(long rows) {
    rowsRead.add(rows);
  }

  public void searched(long queries) {
    searches.add(queries);
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
