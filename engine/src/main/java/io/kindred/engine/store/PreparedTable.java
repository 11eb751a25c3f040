package io.kindred.engine.store;

import io.kindred.engine.catalog.TableEntry;

/// A table that was opened before the catalog has it, so that nothing waits while it is.
/// Thread-safe.
final class PreparedTable implements AutoCloseable {
  private final OpenTable table;
  private boolean isTaken;

  PreparedTable(OpenTable table) {
    this.table = table;
  }

  /// The table as the catalog has it now; from then on it is the catalog's to close.
  synchronized OpenTable take(TableEntry entry) {
    isTaken = true;
    return table.as(entry);
  }

  /// Closes the table unless it was taken.
  @Override
  public synchronized void close() {
    if (!isTaken) {
      table.close();
    }
  }
}
