package io.kindred.engine;

import java.util.Map;

/// What the store takes of its memory budget. Immutable.
///
/// @param budgetBytes with more in use, no rows are added
/// @param logBytes buffers of the log, and records on their way through it
/// @param buildBytes kept for the fold that takes most, as one runs at a time
/// @param byTable the rest, by the names of the tables
public record MemoryInfo(
    long budgetBytes, long logBytes, long buildBytes, Map<String, MemoryBytes> byTable) {
  public MemoryInfo {
    byTable = Map.copyOf(byTable);
  }

  /// All tables together.
  public MemoryBytes tables() {
    return byTable.values().stream().reduce(MemoryBytes.NONE, MemoryBytes::plus);
  }

  public long usedBytes() {
    return logBytes + buildBytes + tables().total();
  }
}
