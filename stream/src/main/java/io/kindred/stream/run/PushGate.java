package io.kindred.stream.run;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Origin;
import io.kindred.stream.PushRequest;
import io.kindred.stream.PushResult;
import io.kindred.stream.PushResult.RejectedEvent;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.SourceRecord.Header;
import io.kindred.stream.SourceRecord.Position;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.Event.Outcome;
import io.kindred.stream.run.SinkWriter.Write;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;

/// Takes the events that callers push into a pipeline, each request as a batch of its own on a
/// thread of its own. Thread-safe.
///
/// Order is that of the requests of a caller who awaits each answer. What may heal is tried again
/// while the circuits are closed; then, and beyond its bounds, it refuses.
final class PushGate {
  private static final int REQUESTS_MAX = 128;
  private static final int KIBIBYTES_MAX = 64 * 1024;
  private static final String TOPIC = "push";

  /// How long a request is worked on before its thread is interrupted.
  private static final Duration FINISH_MAX = Duration.ofSeconds(10);

  private final BatchWork work;
  private final Circuits circuits;
  private final Watermark watermark;
  private final Semaphore requests = new Semaphore(REQUESTS_MAX);
  private final Semaphore kibibytes = new Semaphore(KIBIBYTES_MAX);
  private final Set<Thread> threads = ConcurrentHashMap.newKeySet();
  private volatile boolean isClosed;

  PushGate(BatchWork work, Circuits circuits) {
    this.work = work;
    this.circuits = circuits;
    RunContext context = work.context();
    this.watermark =
        new Watermark(context.definition().event(), context.options().clock(), Long.MIN_VALUE);
  }

  Watermark watermark() {
    return watermark;
  }

  /// The future fails with `OVERLOADED` where too many requests are under way, and with `NOT_READY`
  /// where what the pipeline depends on is down or it is being stopped. The request may then have
  /// been applied, or not; one with an identity can be sent again.
  CompletableFuture<PushResult> push(PushRequest request) {
    int size = kibibytes(request);
    if (isClosed || circuits.isOneOpen()) {
      return CompletableFuture.failedFuture(notReady());
    }
    if (!requests.tryAcquire()) {
      return CompletableFuture.failedFuture(overloaded());
    }
    if (!kibibytes.tryAcquire(size)) {
      requests.release();
      return CompletableFuture.failedFuture(overloaded());
    }
    CompletableFuture<PushResult> result = new CompletableFuture<>();
    Thread thread =
        Thread.ofVirtual()
            .name("kindred-push-" + work.context().name())
            .unstarted(
                () -> {
                  answer(request, result);
                  threads.remove(Thread.currentThread());
                  kibibytes.release(size);
                  requests.release();
                });
    threads.add(thread);
    thread.start();
    return result;
  }

  private static int kibibytes(PushRequest request) {
    long bytes = request.events().stream().mapToLong(it -> it.length).sum();
    return (int) (bytes / 1024) + 1;
  }

  private KindredException notReady() {
    return KindredException.of(
        ErrorCode.NOT_READY,
        "pipeline",
        work.context().name() + " takes no events now",
        "one that is running");
  }

  private KindredException overloaded() {
    return KindredException.of(
        ErrorCode.OVERLOADED,
        "pipeline",
        work.context().name() + " has its hands full",
        "at most " + REQUESTS_MAX + " requests of " + KIBIBYTES_MAX / 1024 + " MiB at once");
  }

  private void answer(PushRequest request, CompletableFuture<PushResult> result) {
    try {
      result.complete(apply(request));
    } catch (InterruptedException e) {
      result.completeExceptionally(notReady());
    } catch (RuntimeException | Error e) {
      result.completeExceptionally(e);
    }
  }

  private PushResult apply(PushRequest request) throws InterruptedException {
    Batch batch = work.processor().prepare(records(request), watermark);
    work.letters().begin(batch.rejected()).finish();
    Write write = work.sink().begin(batch, operations(request, batch.written().size()));
    work.finish(write);
    return result(batch, write);
  }

  private List<SourceRecord> records(PushRequest request) {
    List<Header> headers =
        request
            .traceparent()
            .map(it -> List.of(new Header("traceparent", it.getBytes(StandardCharsets.UTF_8))))
            .orElse(List.of());
    long now = work.context().options().clock().millis();
    List<SourceRecord> records = new ArrayList<>(request.events().size());
    for (byte[] event : request.events()) {
      records.add(
          new SourceRecord(new Position(TOPIC, 0, records.size()), now, null, event, headers));
    }
    return records;
  }

  /// One name for the request; a part of it, where it is too large for one change, has its own.
  private SinkWriter.Origins operations(PushRequest request, int count) {
    String name =
        request
            .identity()
            .map(it -> it.producer() + ":" + it.sequence())
            .orElseGet(() -> UUID.randomUUID().toString());
    String operation = work.context().operation(name);
    return (from, to) ->
        new Origin.Operation(
            from == 0 && to == count ? operation : operation + "+" + from + "-" + to);
  }

  private static PushResult result(Batch batch, Write write) {
    List<RejectedEvent> rejected = new ArrayList<>();
    int dropped = 0;
    int index = 0;
    for (Event event : batch.events()) {
      switch (event.outcome()) {
        case Outcome.Rejected it -> rejected.add(new RejectedEvent(index, it.rejection()));
        case Outcome.Dropped _ -> dropped++;
        case Outcome.Going _ -> {}
      }
      index++;
    }
    int accepted = batch.events().size() - dropped - rejected.size();
    return new PushResult(accepted, dropped, rejected, write.token());
  }

  /// Takes no more, and waits for what is under way.
  void close() throws InterruptedException {
    isClosed = true;
    long deadline = System.nanoTime() + FINISH_MAX.toNanos();
    for (Thread thread : threads) {
      if (!thread.join(Duration.ofNanos(Math.max(deadline - System.nanoTime(), 0)))) {
        thread.interrupt();
        thread.join();
      }
    }
  }
}
