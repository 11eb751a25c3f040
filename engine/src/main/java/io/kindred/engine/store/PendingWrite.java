package io.kindred.engine.store;

import io.kindred.engine.Token;
import io.kindred.engine.WriteResult;
import io.kindred.engine.WriteResult.Rejection;
import io.kindred.engine.shard.Outcome;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// A mutation under way: one log record for each shard that it touches, all of them to be applied
/// before the caller hears of it. Thread-safe.
final class PendingWrite {
  private final CompletableFuture<WriteResult> future = new CompletableFuture<>();
  private final long logId;
  private final List<Rejection> rejected;
  private final List<Integer> missing = new ArrayList<>();
  private int open;
  private long applied;
  private int stale;
  private int repeated;
  private long position;

  /// @param rejected rows that were refused before the log
  /// @param records how many will be applied
  PendingWrite(long logId, List<Rejection> rejected, int records) {
    this.logId = logId;
    this.rejected = new ArrayList<>(rejected);
    this.open = records;
  }

  CompletableFuture<WriteResult> future() {
    return future;
  }

  void applied(Outcome outcome, long atPosition) {
    WriteResult result;
    synchronized (this) {
      applied += outcome.applied();
      stale += outcome.stale();
      repeated += outcome.repeated();
      missing.addAll(outcome.missing());
      rejected.addAll(outcome.rejected());
      position = Math.max(position, atPosition);
      if (--open > 0) {
        return;
      }
      result = result(position);
    }
    future.complete(result);
  }

  /// Completes a write that has nothing to append.
  void completeAt(long appliedPosition) {
    WriteResult result;
    synchronized (this) {
      result = result(appliedPosition);
    }
    future.complete(result);
  }

  private WriteResult result(long atPosition) {
    rejected.sort(Comparator.comparingInt(Rejection::index));
    missing.sort(Comparator.naturalOrder());
    return new WriteResult(
        applied, stale, repeated, missing, rejected, new Token(logId, atPosition));
  }

  void failed(RuntimeException cause) {
    future.completeExceptionally(cause);
  }
}
