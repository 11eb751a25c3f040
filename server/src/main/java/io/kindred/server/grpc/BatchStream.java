package io.kindred.server.grpc;

import com.google.protobuf.MessageLite;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.protocol.v1.Error;
import io.kindred.server.error.Failure;
import io.kindred.server.work.RequestBytes;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One open stream of batches: each batch is begun after the one before, a few are under way at a
/// time, and they are answered in their order. The caller gets room for another batch only when an
/// answer was written and the connection takes more, so neither side can flood the other. All of it
/// runs on the event loop of the connection: a message that is sent from there is sent at once, one
/// from elsewhere would be overtaken by it.
///
/// @param <Q> a request
/// @param <R> the outcome of a request
/// @param <A> an answer of the stream
final class BatchStream<Q extends MessageLite, R, A> implements StreamObserver<Q> {
  private static final Logger LOG = LoggerFactory.getLogger(BatchStream.class);

  /// What a stream does with each request. Immutable.
  ///
  /// @param atATime batches that are under way before the sender has to wait
  /// @param begin begins a request, whose outcome goes to the given future, and answers when the
  ///   next one may begin
  /// @param bytes where each request takes room until it is answered
  record Work<Q extends MessageLite, R, A>(
      int atATime,
      BiFunction<Q, CompletableFuture<R>, CompletableFuture<?>> begin,
      Function<Supplier<CompletableFuture<R>>, CompletableFuture<R>> measure,
      RequestBytes bytes,
      BiFunction<Long, R, A> answer,
      BiFunction<Long, Error, A> error) {}

  private final OpenStreams streams;
  private final Work<Q, R, A> work;
  private final ServerCallStreamObserver<A> caller;
  private final Executor eventLoop = ServiceRequestContext.current().eventLoop().withoutContext();
  private long sequence;
  private CompletableFuture<?> begun = CompletableFuture.completedFuture(null);

  /// In the order of the requests, those that are not yet written; at most as many as may be under
  /// way.
  private final Deque<CompletableFuture<A>> answers = new ArrayDeque<>();

  private boolean isWriting;
  private int ungranted;
  private @Nullable Consumer<StreamObserver<A>> end;
  private boolean isEnded;

  private BatchStream(OpenStreams streams, Work<Q, R, A> work, ServerCallStreamObserver<A> caller) {
    this.streams = streams;
    this.work = work;
    this.caller = caller;
  }

  /// Opens a stream, or ends it at once where too many are open.
  static <Q extends MessageLite, R, A> StreamObserver<Q> open(
      OpenStreams streams, Work<Q, R, A> work, StreamObserver<A> caller) {
    ServiceRequestContext.current().clearRequestTimeout();
    ServerCallStreamObserver<A> call = (ServerCallStreamObserver<A>) caller;
    BatchStream<Q, R, A> stream = new BatchStream<>(streams, work, call);
    call.disableAutoRequest();
    call.setOnReadyHandler(stream::grant);
    call.setOnCancelHandler(() -> streams.remove(stream));
    streams.add(stream);
    call.request(work.atATime());
    return stream;
  }

  @Override
  public void onNext(Q request) {
    if (end != null) {
      return;
    }
    long number = sequence++;
    CompletableFuture<R> outcome = work.measure().apply(() -> begin(request));
    CompletableFuture<A> answer =
        outcome.handle((result, thrown) -> rendered(number, result, thrown));
    answers.add(answer);
    var _ = answer.thenRunAsync(this::writeAnswers, eventLoop);
  }

  private CompletableFuture<R> begin(Q request) {
    CompletableFuture<R> outcome = new CompletableFuture<>();
    int bytes = request.getSerializedSize();
    try {
      work.bytes().take(bytes);
    } catch (KindredException e) {
      outcome.completeExceptionally(e);
      return outcome;
    }
    var _ = outcome.whenComplete((result, thrown) -> work.bytes().giveBack(bytes));
    begun = begun.thenCompose(before -> work.begin().apply(request, outcome));
    return outcome;
  }

  private A rendered(long number, @Nullable R result, @Nullable Throwable thrown) {
    if (result != null) {
      return work.answer().apply(number, result);
    }
    Failure failure = Failure.of(thrown == null ? new IllegalStateException("no outcome") : thrown);
    return work.error()
        .apply(
            number,
            Error.newBuilder()
                .setCode(failure.code().name())
                .setMessage(failure.message())
                .build());
  }

  /// Writes the answers that are there up to the first that is not, and the end after the last. A
  /// written answer may let in the next request before this returns: what that one answers waits in
  /// the line like any other.
  private void writeAnswers() {
    if (isWriting) {
      return;
    }
    isWriting = true;
    try {
      while (!answers.isEmpty() && answers.element().isDone()) {
        write(answers.remove().join());
      }
      if (end != null && answers.isEmpty()) {
        end(end);
      }
    } finally {
      isWriting = false;
    }
  }

  private void write(A answer) {
    if (!isEnded && !caller.isCancelled()) {
      caller.onNext(answer);
      ungranted++;
      grant();
    }
  }

  /// Gives the sender room for as many batches as were answered, if the answers flow off.
  private void grant() {
    if (ungranted > 0 && !isEnded && caller.isReady()) {
      int room = ungranted;
      ungranted = 0;
      caller.request(room);
    }
  }

  @Override
  public void onError(Throwable thrown) {
    LOG.debug("stream ended by its caller", thrown);
    streams.remove(this);
  }

  /// The sender is done: the stream ends with the last answer.
  @Override
  public void onCompleted() {
    endAfterAnswers(StreamObserver::onCompleted);
  }

  /// Ends the stream with the last answer to what was received, because the server closes. May be
  /// called from any thread.
  void close() {
    eventLoop.execute(
        () ->
            endAfterAnswers(
                observer ->
                    observer.onError(
                        new KindredException(
                            ErrorCode.NOT_READY, "server: closing (expected: another try)"))));
  }

  private void endAfterAnswers(Consumer<StreamObserver<A>> lastWord) {
    if (end == null) {
      end = lastWord;
      writeAnswers();
    }
  }

  private void end(Consumer<StreamObserver<A>> lastWord) {
    streams.remove(this);
    if (!isEnded && !caller.isCancelled()) {
      isEnded = true;
      lastWord.accept(caller);
    }
  }
}
