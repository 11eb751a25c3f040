package io.kindred.server.work;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.time.Duration;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// The platform threads, one a core, on which calls compute: parse, search, read, render. A call
/// for which the queue has no room is refused as `OVERLOADED` at once. Thread-safe.
public final class ComputePool implements AutoCloseable {
  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private final int queueMax;
  private final ThreadPoolExecutor threads;

  public ComputePool(int queueMax) {
    this.queueMax = queueMax;
    int cores = Runtime.getRuntime().availableProcessors();
    this.threads =
        new ThreadPoolExecutor(
            cores,
            cores,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(queueMax),
            Thread.ofPlatform().name("kindred-compute-", 0).daemon(true).factory());
    threads.prestartAllCoreThreads();
  }

  /// Computes the work and answers its outcome. Work whose HTTP request was over before a thread
  /// got to it is not begun.
  public <T extends @Nullable Object> CompletableFuture<T> submit(Callable<T> work) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    execute(() -> outcome.complete(work.call()), outcome);
    return outcome;
  }

  /// Computes the work and answers what the future says that it made.
  public <T> CompletableFuture<T> submitThenAwait(Callable<CompletableFuture<T>> work) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    execute(() -> forward(work.call(), outcome), outcome);
    return outcome;
  }

  /// Computes the work, whose future says the outcome.
  ///
  /// @return done once the work was computed, while its outcome may be still to come
  @SuppressWarnings("FutureReturnValueIgnored") // a failure is the outcome's
  public <T> CompletableFuture<?> begin(
      Callable<CompletableFuture<T>> work, CompletableFuture<T> outcome) {
    CompletableFuture<Boolean> begun = new CompletableFuture<>();
    execute(() -> forward(work.call(), outcome) && begun.complete(true), outcome);
    outcome.whenComplete((result, thrown) -> begun.complete(true));
    return begun;
  }

  @SuppressWarnings("FutureReturnValueIgnored") // whatever it says is forwarded
  private static <T> boolean forward(CompletableFuture<T> made, CompletableFuture<T> outcome) {
    made.whenComplete(
        (result, thrown) -> {
          if (thrown == null) {
            outcome.complete(result);
          } else {
            outcome.completeExceptionally(thrown);
          }
        });
    return true;
  }

  /// Calls that wait for a thread.
  public int queued() {
    return threads.getQueue().size();
  }

  private void execute(Callable<?> work, CompletableFuture<?> outcome) {
    ServiceRequestContext request = ServiceRequestContext.currentOrNull();
    try {
      threads.execute(() -> run(work, request, outcome));
    } catch (RejectedExecutionException e) {
      outcome.completeExceptionally(refusal());
    }
  }

  private static void run(
      Callable<?> work, @Nullable ServiceRequestContext request, CompletableFuture<?> outcome) {
    if (request != null && request.isCancelled()) {
      Throwable cause = request.cancellationCause();
      outcome.completeExceptionally(cause == null ? new IllegalStateException("no cause") : cause);
      return;
    }
    try {
      work.call();
    } catch (Throwable e) {
      outcome.completeExceptionally(e);
    }
  }

  private KindredException refusal() {
    return threads.isShutdown()
        ? new KindredException(ErrorCode.NOT_READY, "server: closing (expected: open)")
        : KindredException.of(
            ErrorCode.OVERLOADED, "calls waiting", queueMax, "fewer than " + queueMax);
  }

  /// Finishes what was submitted, up to a few seconds.
  @Override
  public void close() {
    threads.shutdown();
    try {
      if (!threads.awaitTermination(CLOSE_WAIT.toMillis(), TimeUnit.MILLISECONDS)) {
        threads.shutdownNow();
      }
    } catch (InterruptedException e) {
      threads.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
