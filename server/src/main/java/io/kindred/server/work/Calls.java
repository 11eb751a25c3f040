package io.kindred.server.work;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.Token;
import io.kindred.server.ServerOptions;
import io.kindred.server.error.Failure;
import io.kindred.server.error.FailureException;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.telemetry.Telemetry;
import io.kindred.server.work.ComputePool.Origin;
import io.kindred.server.work.QueuedCall.Stage;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Runs the calls of REST and gRPC alike: where they belong, measured, and with every failure in
/// its caller's form ([FailureException]). Thread-safe.
public final class Calls implements AutoCloseable {
  /// Keys that a read may have to count as short: a few tens of microseconds of copying.
  public static final int SHORT_READ_KEYS_MAX = 512;

  /// The line of what is about no table.
  private static final String NO_TABLE = "";

  private final Store store;
  private final Telemetry telemetry;
  private final Duration requestTime;
  private final ComputePool pool;
  private final WaitingCalls waiting;
  private final RequestBytes requestBytes;

  public Calls(ServerOptions options, Store store, Telemetry telemetry) {
    this.store = store;
    this.telemetry = telemetry;
    this.requestTime = options.requestTime();
    this.pool = new ComputePool(options.queueMax());
    this.waiting = new WaitingCalls(options.queueMax());
    this.requestBytes = new RequestBytes(options.requestsBytesMax());
    telemetry.observeQueue(pool::queued);
    telemetry.observeRequestBytes(requestBytes::taken);
  }

  /// The bytes of the requests that are in the server.
  public RequestBytes requestBytes() {
    return requestBytes;
  }

  public Store store() {
    return store;
  }

  public Telemetry telemetry() {
    return telemetry;
  }

  /// A call about no table that computes.
  public <T extends @Nullable Object> CompletableFuture<T> compute(
      Operation operation, Callable<T> work) {
    return compute(operation, NO_TABLE, work);
  }

  /// A call about a table that computes.
  public <T extends @Nullable Object> CompletableFuture<T> compute(
      Operation operation, String table, Callable<T> work) {
    return measured(operation, table, () -> pool.submit(origin(table, Stage.WHOLE), work));
  }

  /// A call that computes, and only then waits for a future, such as a write.
  public <T> CompletableFuture<T> computeThenAwait(
      Operation operation, String table, Callable<CompletableFuture<T>> work) {
    return measured(operation, table, () -> wholeThenAwait(table, work));
  }

  /// As [#computeThenAwait], for a call that is measured by itself.
  public <T> CompletableFuture<T> wholeThenAwait(
      String table, Callable<CompletableFuture<T>> work) {
    return pool.submitThenAwait(origin(table, Stage.WHOLE), work);
  }

  /// A call that mostly waits, such as the creation of a table.
  public <T extends @Nullable Object> CompletableFuture<T> await(
      Operation operation, Callable<T> work) {
    return measured(operation, () -> waitingPart(NO_TABLE, work));
  }

  /// A part of a call that computes; not measured by itself.
  public <T extends @Nullable Object> CompletableFuture<T> part(String table, Callable<T> work) {
    return pool.submit(origin(table, Stage.PART), work);
  }

  /// A part of a call that computes, and only then waits for a future, for parts that must begin
  /// one after the other; not measured by itself.
  ///
  /// @return done once the next part may begin
  public <T> CompletableFuture<?> beginPart(
      String table, Callable<CompletableFuture<T>> work, CompletableFuture<T> outcome) {
    return pool.begin(origin(table, Stage.PART), work, outcome);
  }

  /// A part of a call that mostly waits; not measured by itself.
  public <T extends @Nullable Object> CompletableFuture<T> waitingPart(
      String table, Callable<T> work) {
    return waiting.submit(lineOf(table), work);
  }

  /// A read: what it must see, and then how it is answered. Immutable.
  public record Read<T>(@Nullable ReadAfter readAfter, Callable<CompletableFuture<T>> work) {}

  /// A call that is planned (its request read), waits until reads see what it must see, and is then
  /// computed. No thread of the pool waits.
  public <T> CompletableFuture<T> read(Operation operation, String table, Callable<Read<T>> plan) {
    Origin origin = origin(table, Stage.WHOLE);
    return measured(
        operation, table, () -> pool.submitThenAwait(origin, () -> begin(origin, plan.call())));
  }

  /// As [#read], for one so short that to hand it to another thread would cost more than to do it:
  /// it is planned and computed on the caller's thread, unless it has to wait.
  public <T> CompletableFuture<T> shortRead(
      Operation operation, String table, Callable<Read<T>> plan) {
    Origin origin = Origin.of(table, Stage.WHOLE);
    return measured(
        operation,
        table,
        () -> {
          try {
            return begin(origin, plan.call());
          } catch (Exception e) {
            return CompletableFuture.failedFuture(e);
          }
        });
  }

  /// As [#read] and as [#beginPart].
  public <T> CompletableFuture<?> beginRead(
      String table, Callable<Read<T>> plan, CompletableFuture<T> outcome) {
    Origin origin = origin(table, Stage.PART);
    return pool.begin(origin, () -> begin(origin, plan.call()), outcome);
  }

  private <T> CompletableFuture<T> begin(Origin origin, Read<T> read) throws Exception {
    ReadAfter readAfter = read.readAfter();
    if (readAfter == null || isVisible(readAfter.token())) {
      return read.work().call();
    }
    Duration timeout =
        readAfter.timeout().compareTo(requestTime) < 0 ? readAfter.timeout() : requestTime;
    Origin rest = new Origin(origin.table(), Stage.PART, origin.request());
    return waiting
        .submit(
            origin.table(),
            () -> {
              store.await(readAfter.token(), timeout);
              return true;
            })
        .thenCompose(seen -> pool.submitThenAwait(rest, read.work()));
  }

  private Origin origin(String table, Stage stage) {
    return Origin.of(lineOf(table), stage);
  }

  /// A table that exists has a line of its own. All other names share one, or whoever makes up
  /// names would have a turn for each.
  private String lineOf(String table) {
    if (table.isEmpty()) {
      return NO_TABLE;
    }
    try {
      return store.table(table).spec().name();
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_NOT_FOUND || e.code() == ErrorCode.NOT_READY) {
        return NO_TABLE;
      }
      throw e;
    }
  }

  /// Measures a call that is made of parts, about no table or several.
  public <T extends @Nullable Object> CompletableFuture<T> measured(
      Operation operation, Supplier<CompletableFuture<T>> call) {
    return measured(operation, NO_TABLE, call);
  }

  /// Measures a call that is made of parts.
  ///
  /// @param table that it is about; empty for none
  public <T extends @Nullable Object> CompletableFuture<T> measured(
      Operation operation, String table, Supplier<CompletableFuture<T>> call) {
    long start = System.nanoTime();
    return call.get()
        .handle(
            (result, thrown) -> {
              long took = System.nanoTime() - start;
              telemetry.tookOn(table, operation, took);
              if (thrown == null) {
                telemetry.succeeded(operation, took);
                return result;
              }
              Failure failure = Failure.of(thrown);
              telemetry.failed(operation, took, failure.code());
              throw new FailureException(failure);
            });
  }

  private boolean isVisible(Token token) {
    StoreInfo info = store.info();
    return token.logId() == info.logId() && token.position() <= info.appliedPosition();
  }

  @Override
  public void close() {
    pool.close();
  }
}
