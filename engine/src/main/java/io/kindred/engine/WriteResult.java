package io.kindred.engine;

import java.util.List;

/// The outcome of an acknowledged [Mutation]. Immutable.
///
/// @param applied rows stored, updated, merged into or deleted
/// @param stale rows that lost against a stored row of a later event time. A merge counts here
///   where an assignment of its lost, and in `applied` where another of its operations was applied
/// @param repeated rows of events that had been applied before, and were skipped
/// @param missing indices, within the mutation, of keys to delete that had no row, and of counts of
///   0 without a row
/// @param rejected the rows refused, in the order of their index; the others are stored
/// @param token the position from which a read sees this write
public record WriteResult(
    long applied,
    int stale,
    int repeated,
    List<Integer> missing,
    List<Rejection> rejected,
    Token token) {
  public WriteResult {
    missing = List.copyOf(missing);
    rejected = List.copyOf(rejected);
  }

  /// Why one row of a batch was refused.
  ///
  /// @param index the row's index within the mutation, from 0
  public record Rejection(int index, ErrorCode code, String message) {}
}
