package io.kindred.server.work;

import com.linecorp.armeria.server.ServiceRequestContext;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.work.QueuedCall.Stage;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The platform threads, one a core, on which calls compute: parse, search, read, render. A call
/// for which the queue has no room is refused as `OVERLOADED` at once, and one that has waited for
/// too long is refused in place of being computed: whoever sent it has no use for an answer that
/// late, and those behind it would have to wait for it. So what is admitted waits for a bounded
/// time, however much is offered. Thread-safe.
public final class ComputePool implements AutoCloseable {
  /// How long a call may wait for a thread.
  public static final Duration QUEUE_TIME_MAX = Duration.ofSeconds(1);

  private static final Duration CLOSE_WAIT = Duration.ofSeconds(5);

  private final int queueMax;
  private final Duration queueTimeMax;
  private final CallQueue queue;
  private final List<Thread> threads = new ArrayList<>();

  public ComputePool(int queueMax) {
    this(queueMax, QUEUE_TIME_MAX);
  }

  ComputePool(int queueMax, Duration queueTimeMax) {
    this.queueMax = queueMax;
    this.queueTimeMax = queueTimeMax;
    this.queue = new CallQueue(queueMax);
    int cores = Runtime.getRuntime().availableProcessors();
    for (int i = 0; i < cores; i++) {
      threads.add(
          Thread.ofPlatform().name("kindred-compute-" + i).daemon(true).start(this::compute));
    }
  }

  /// Who asks for work, and what for.
  ///
  /// @param table whose share of the threads it takes; empty for what is about no table
  /// @param stage how long it may wait
  /// @param request whose end ends the work too, or null
  record Origin(String table, Stage stage, @Nullable ServiceRequestContext request) {
    /// Of the request that the calling thread works for.
    static Origin of(String table, Stage stage) {
      return new Origin(table, stage, ServiceRequestContext.currentOrNull());
    }
  }

  /// Computes the work and answers its outcome. Work whose request was over before a thread got to
  /// it is not begun: its caller went away, or its time was up.
  <T extends @Nullable Object> CompletableFuture<T> submit(Origin origin, Callable<T> work) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    execute(origin, () -> outcome.complete(work.call()), outcome);
    return outcome;
  }

  /// Computes the work and answers what the future says that it made.
  <T> CompletableFuture<T> submitThenAwait(Origin origin, Callable<CompletableFuture<T>> work) {
    CompletableFuture<T> outcome = new CompletableFuture<>();
    execute(origin, () -> forward(work.call(), outcome), outcome);
    return outcome;
  }

  /// Computes the work, whose future says the outcome.
  ///
  /// @return done once the work was computed, while its outcome may be still to come
  @SuppressWarnings("FutureReturnValueIgnored") // a failure is the outcome's
  <T> CompletableFuture<?> begin(
      Origin origin, Callable<CompletableFuture<T>> work, CompletableFuture<T> outcome) {
    CompletableFuture<Boolean> begun = new CompletableFuture<>();
    execute(origin, () -> forward(work.call(), outcome) && begun.complete(true), outcome);
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
    return queue.size();
  }

  private void execute(Origin origin, Callable<?> work, CompletableFuture<?> outcome) {
    QueuedCall call =
        new QueuedCall(
            origin.table(), origin.stage(), work, outcome, origin.request(), System.nanoTime());
    QueuedCall refused = queue.add(call);
    if (refused == null) {
      return;
    }
    KindredException why = refusal();
    if (refused.equals(call) || refused.request() == null) {
      refused.outcome().completeExceptionally(why);
    } else {
      // Another request's answer: it is written on its own event loop, not in this one's context.
      refused
          .request()
          .eventLoop()
          .withoutContext()
          .execute(() -> refused.outcome().completeExceptionally(why));
    }
  }

  private void compute() {
    try {
      for (QueuedCall call = queue.take(); call != null; call = queue.take()) {
        run(call);
      }
    } catch (InterruptedException e) {
      // The pool was closed and waits no longer.
      Thread.currentThread().interrupt();
    }
  }

  private void run(QueuedCall call) {
    ServiceRequestContext request = call.request();
    if (request != null && request.isCancelled()) {
      Throwable cause = request.cancellationCause();
      call.outcome()
          .completeExceptionally(cause == null ? new IllegalStateException("no cause") : cause);
      return;
    }
    long waited = System.nanoTime() - call.sinceNanos();
    if (call.stage() == Stage.WHOLE && waited > queueTimeMax.toNanos()) {
      call.outcome().completeExceptionally(tooLate(waited));
      return;
    }
    try {
      call.work().call();
    } catch (Throwable e) {
      call.outcome().completeExceptionally(e);
    }
  }

  private KindredException tooLate(long waitedNanos) {
    return KindredException.of(
        ErrorCode.OVERLOADED,
        "time until a thread was free",
        waitedNanos / 1_000_000 + " ms",
        "at most " + queueTimeMax.toMillis() + " ms");
  }

  private KindredException refusal() {
    return queue.isClosed()
        ? new KindredException(ErrorCode.NOT_READY, "server: closing (expected: open)")
        : KindredException.of(
            ErrorCode.OVERLOADED, "calls waiting", queueMax, "fewer than " + queueMax);
  }

  /// Finishes what was submitted, up to a few seconds.
  @Override
  public void close() {
    queue.close();
    long end = System.nanoTime() + CLOSE_WAIT.toNanos();
    try {
      for (Thread thread : threads) {
        if (!thread.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())))) {
          thread.interrupt();
        }
      }
    } catch (InterruptedException e) {
      threads.forEach(Thread::interrupt);
      Thread.currentThread().interrupt();
    }
  }
}
