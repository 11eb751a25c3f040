package io.kindred.engine;

/// What a fold does, in this order.
public enum FoldStep {
  /// Reads the old base and compares its checksums.
  CHECKING,
  /// Writes the rows of base and delta in key order.
  MERGING,
  /// Builds the partitions and the indexes of the new base.
  INDEXING,
  /// Writes the checkpoint and the manifest that name the new base.
  COMMITTING
}
