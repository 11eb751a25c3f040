package io.kindred.server.work;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/// Calls that mostly wait (for a log position, for a table to be created), each on a virtual thread
/// of its own. One too many is refused as `OVERLOADED`. Thread-safe.
public final class WaitingCalls {
  private final int callsMax;
  private final Semaphore places;

  public WaitingCalls(int callsMax) {
    this.callsMax = callsMax;
    this.places = new Semaphore(callsMax);
  }

  public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> work) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    if (!places.tryAcquire()) {
      outcome.completeExceptionally(
          KindredException.of(
              ErrorCode.OVERLOADED, "calls waiting", callsMax, "fewer than " + callsMax));
      return outcome;
    }
    Thread.ofVirtual().name("kindred-wait").start(() -> run(work, outcome));
    return outcome;
  }

  private <T extends @Nullable Object> void run(Callable<T> work, CompletableFuture<T> outcome) {
    try {
      T result = work.call();
      places.release();
      outcome.complete(result);
    } catch (Throwable e) {
      places.release();
      outcome.completeExceptionally(e);
    }
  }
}
