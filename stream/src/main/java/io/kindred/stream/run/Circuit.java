package io.kindred.stream.run;

import io.github.resilience4j.circuitbreaker.CircuitBreaker;
import io.github.resilience4j.circuitbreaker.CircuitBreakerConfig;
import io.github.resilience4j.core.IntervalFunction;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.stream.PipelineStatus;
import io.kindred.stream.config.PipelineDefinition.RetryDefinition;
import io.kindred.stream.source.SourceException;
import io.kindred.stream.step.TryAgainException;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Calls something that may fail and heal, again and again, with longer and longer waits between
/// that vary by chance. Thread-safe.
///
/// After as many failures in a row as the pipeline says, whoever called, the circuit opens: nobody
/// calls until the longest wait is over, and then one does.
final class Circuit {
  private static final double GROWTH = 2;
  private static final double VARIATION = 0.5;
  private static final long PERMISSION_POLL_MILLIS = 20;

  private final String name;
  private final RetryDefinition retry;
  private final Health health;
  private final InstantSource clock;
  private final Consumer<String> onRetry;
  private final IntervalFunction waits;
  private final CircuitBreaker breaker;
  private final LongAdder retries = new LongAdder();
  private final LongAdder waiting = new LongAdder();

  /// @param onRetry hears each failure that is tried again
  Circuit(
      String name,
      RetryDefinition retry,
      Health health,
      InstantSource clock,
      Consumer<String> onRetry) {
    this.name = name;
    this.retry = retry;
    this.health = health;
    this.clock = clock;
    this.onRetry = onRetry;
    this.waits =
        IntervalFunction.ofExponentialRandomBackoff(retry.first(), GROWTH, VARIATION, retry.most());
    this.breaker =
        CircuitBreaker.of(
            name,
            CircuitBreakerConfig.custom()
                .slidingWindowType(CircuitBreakerConfig.SlidingWindowType.COUNT_BASED)
                .slidingWindowSize(retry.attempts())
                .minimumNumberOfCalls(retry.attempts())
                .failureRateThreshold(100)
                .permittedNumberOfCallsInHalfOpenState(1)
                .waitDurationInOpenState(retry.most())
                .build());
  }

  /// What is called.
  @FunctionalInterface
  interface Attempt<T> {
    /// @param isLast whether what concerns single events is to be given up now
    T run(boolean isLast) throws InterruptedException;
  }

  /// Calls until it succeeds, or fails in a way that does not heal.
  ///
  /// @param events that wait for it
  <T extends @Nullable Object> T call(int events, Attempt<T> attempt) throws InterruptedException {
    waiting.add(events);
    try {
      return call(attempt);
    } finally {
      waiting.add(-events);
    }
  }

  private <T extends @Nullable Object> T call(Attempt<T> attempt) throws InterruptedException {
    Object caller = new Object();
    Instant since = clock.instant();
    try {
      for (int failures = 0; ; ) {
        awaitPermission();
        try {
          T result = attempt.run(failures + 1 >= retry.attempts());
          breaker.onSuccess(0, java.util.concurrent.TimeUnit.NANOSECONDS);
          return result;
        } catch (RuntimeException e) {
          if (!heals(e)) {
            breaker.releasePermission();
            throw e;
          }
          failures++;
          breaker.onError(0, java.util.concurrent.TimeUnit.NANOSECONDS, e);
          waitAfter(e, caller, since, failures);
        }
      }
    } finally {
      health.well(caller);
    }
  }

  private void waitAfter(RuntimeException failure, Object caller, Instant since, int failures)
      throws InterruptedException {
    String reason = name + ": " + failure.getMessage();
    retries.increment();
    onRetry.accept(reason);
    boolean isOpen = isOpen();
    long millis = isOpen ? retry.most().toMillis() : waits.apply(failures);
    health.trouble(
        caller, new Trouble(reason, since, failures, clock.instant().plusMillis(millis), isOpen));
    if (!isOpen) {
      Thread.sleep(millis);
    }
  }

  private void awaitPermission() throws InterruptedException {
    while (!breaker.tryAcquirePermission()) {
      Thread.sleep(PERMISSION_POLL_MILLIS);
    }
  }

  /// Whether a failure may heal by itself.
  static boolean heals(Throwable failure) {
    return switch (failure) {
      case TryAgainException _, SourceException _ -> true;
      case KindredException e ->
          e.code().kind() == ErrorCode.Kind.OVERLOADED
              || e.code().kind() == ErrorCode.Kind.UNAVAILABLE;
      default -> false;
    };
  }

  /// The outcome of a future, whose failure is thrown as it is.
  static <T extends @Nullable Object> T await(CompletableFuture<T> future)
      throws InterruptedException {
    try {
      return future.get();
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause
          ? cause
          : new IllegalStateException(e.getCause());
    }
  }

  boolean isOpen() {
    return breaker.getState() == CircuitBreaker.State.OPEN;
  }

  PipelineStatus.Circuit status() {
    return new PipelineStatus.Circuit(state(), retries.sum(), waiting.sum());
  }

  private PipelineStatus.CircuitState state() {
    return switch (breaker.getState()) {
      case OPEN, FORCED_OPEN -> PipelineStatus.CircuitState.OPEN;
      case HALF_OPEN -> PipelineStatus.CircuitState.HALF_OPEN;
      case CLOSED, DISABLED, METRICS_ONLY -> PipelineStatus.CircuitState.CLOSED;
    };
  }
}
