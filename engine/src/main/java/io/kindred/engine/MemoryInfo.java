package io.kindred.engine;

import java.util.Map;

/// What the store takes of its memory budget. Immutable.
///
/// @param budgetBytes with more in use, no rows are added
/// @param logBytes buffers of the log, and records on their way through it
/// @param buildBytes kept for the fold that takes most, as one runs at a time
/// @param byTable the rest, by the names of the tables
/// @param tableBudgets of the tables that have one of their own, by their names
public record MemoryInfo(
    long budgetBytes,
    long logBytes,
    long buildBytes,
    Map<String, MemoryBytes> byTable,
    Map<String, Long> tableBudgets) {
  public MemoryInfo {
    byTable = Map.copyOf(byTable);
    tableBudgets = Map.copyOf(tableBudgets);
  }

  /// All tables together.
  public MemoryBytes tables() {
    return byTable.values().stream().reduce(MemoryBytes.NONE, MemoryBytes::plus);
  }

  public long usedBytes() {
    return logBytes + buildBytes + tables().total();
  }
}
