package io.kindred.engine;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What is merged into one row: all of the operations, in their order, or none where one is
/// refused. A row that does not exist, or has expired, is made; but not by counts of 0 alone, which
/// are then counted in [WriteResult#missing]. Immutable; the engine checks it against the table.
///
/// @param eventTime when what is merged happened
/// @param operations 1 to 64
/// @param timeToLive how long the row lives from the log's time of the write; null leaves a row's
///   expiry as it is, and gives a new row the table's
public record RowMerge(
    Key key, Instant eventTime, List<MergeOperation> operations, @Nullable Duration timeToLive) {
  public RowMerge {
    operations = List.copyOf(operations);
  }
}
