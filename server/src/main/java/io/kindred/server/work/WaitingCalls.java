package io.kindred.server.work;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Calls that mostly wait (for a log position, for a table to be created), each on a virtual thread
/// of its own. One too many is refused as `OVERLOADED`, and no table holds more than half of the
/// places. Thread-safe.
public final class WaitingCalls {
  private final int callsMax;
  private final int tableCallsMax;

  /// By table, those that have any; guarded by this.
  private final Map<String, Integer> calls = new HashMap<>();

  private int count;

  public WaitingCalls(int callsMax) {
    this.callsMax = callsMax;
    this.tableCallsMax = (callsMax + 1) / 2;
  }

  /// @param table whose share of the places it takes; empty for what is about no table
  public <T extends @Nullable Object> CompletableFuture<T> submit(String table, Callable<T> work) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    KindredException refusal = enter(table);
    if (refusal != null) {
      outcome.completeExceptionally(refusal);
      return outcome;
    }
    Thread.ofVirtual().name("kindred-wait").start(() -> run(table, work, outcome));
    return outcome;
  }

  private synchronized @Nullable KindredException enter(String table) {
    int own = calls.getOrDefault(table, 0);
    if (count >= callsMax) {
      return KindredException.of(
          ErrorCode.OVERLOADED, "calls waiting", callsMax, "fewer than " + callsMax);
    }
    if (own >= tableCallsMax) {
      return KindredException.of(
          ErrorCode.OVERLOADED,
          "calls waiting for table " + table,
          own,
          "fewer than " + tableCallsMax);
    }
    calls.put(table, own + 1);
    count++;
    return null;
  }

  private synchronized void leave(String table) {
    calls.computeIfPresent(table, (name, own) -> own == 1 ? null : own - 1);
    count--;
  }

  private <T extends @Nullable Object> void run(
      String table, Callable<T> work, CompletableFuture<T> outcome) {
    try {
      T result = work.call();
      leave(table);
      outcome.complete(result);
    } catch (Throwable e) {
      leave(table);
      outcome.completeExceptionally(e);
    }
  }
}
