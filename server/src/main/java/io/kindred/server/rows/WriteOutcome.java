package io.kindred.server.rows;

import io.kindred.engine.Token;
import io.kindred.engine.WriteResult;
import java.util.List;

/// What became of a write, with indices as the caller counts them. Immutable.
///
/// @param missing indices of keys to delete that had no row
public record WriteOutcome(
    long applied, int stale, List<Integer> missing, List<RejectedRow> rejected, Token token) {

  /// The outcome of a write whose rows all reached the engine.
  public static WriteOutcome of(WriteResult result) {
    return new WriteOutcome(
        result.applied(), result.stale(), result.missing(), List.of(), result.token());
  }
}
