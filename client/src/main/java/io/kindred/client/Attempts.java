package io.kindred.client;

import io.grpc.stub.StreamObserver;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Makes calls: bounds how many are under way, and tries again what failed for want of capacity.
/// Thread-safe.
final class Attempts {
  private static final Duration BACKOFF_MAX = Duration.ofSeconds(2);

  private final ClientOptions options;
  private final Semaphore places;

  Attempts(ClientOptions options) {
    this.options = options;
    this.places = new Semaphore(options.callsMax());
  }

  /// Makes a call, and waits for room where too many are under way.
  ///
  /// @param call starts one attempt, whose outcome it hands to the observer
  <R> CompletableFuture<R> make(Consumer<StreamObserver<R>> call) {
    places.acquireUninterruptibly();
    CompletableFuture<R> outcome = new CompletableFuture<>();
    attempt(call, outcome, 1);
    return outcome;
  }

  private <R> void attempt(
      Consumer<StreamObserver<R>> call, CompletableFuture<R> outcome, int number) {
    call.accept(new Observer<>(call, outcome, number));
  }

  private void retryLater(Runnable attempt, int number) {
    long millis =
        Math.min(options.backoff().toMillis() << Math.min(number - 1, 16), BACKOFF_MAX.toMillis());
    // Callers that were refused together must not come back together.
    long jittered = ThreadLocalRandom.current().nextLong(millis / 2, millis + 1);
    CompletableFuture.delayedExecutor(jittered, TimeUnit.MILLISECONDS).execute(attempt);
  }

  /// Takes the outcome of one attempt. Owned by the call's network thread.
  private final class Observer<R> implements StreamObserver<R> {
    private final Consumer<StreamObserver<R>> call;
    private final CompletableFuture<R> outcome;
    private final int number;
    private @Nullable R answer;

    Observer(Consumer<StreamObserver<R>> call, CompletableFuture<R> outcome, int number) {
      this.call = call;
      this.outcome = outcome;
      this.number = number;
    }

    @Override
    public void onNext(R message) {
      answer = message;
    }

    @Override
    public void onCompleted() {
      places.release();
      if (answer == null) {
        outcome.completeExceptionally(new IllegalStateException("an answer without a message"));
      } else {
        outcome.complete(answer);
      }
    }

    @Override
    public void onError(Throwable thrown) {
      CallFailedException failure = CallFailedException.of(thrown);
      if (failure.isWorthARetry() && number < options.attemptsMax()) {
        retryLater(() -> attempt(call, outcome, number + 1), number);
      } else {
        places.release();
        outcome.completeExceptionally(failure);
      }
    }
  }
}
