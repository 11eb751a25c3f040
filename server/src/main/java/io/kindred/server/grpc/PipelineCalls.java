package io.kindred.server.grpc;

import com.google.protobuf.ByteString;
import io.grpc.stub.StreamObserver;
import io.kindred.protocol.v1.Error;
import io.kindred.protocol.v1.PipelineServiceGrpc;
import io.kindred.protocol.v1.PushEventsRequest;
import io.kindred.protocol.v1.PushEventsResponse;
import io.kindred.protocol.v1.Pushed;
import io.kindred.protocol.v1.RejectedEvent;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.pipelines.EventPipelines.Push;
import io.kindred.server.pipelines.EventPipelines.PushReport;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// `kindred.v1.PipelineService`. Thread-safe.
final class PipelineCalls extends PipelineServiceGrpc.PipelineServiceImplBase {
  /// Requests that are read ahead.
  private static final int PUSHES_AT_A_TIME = 4;

  private static final String NO_TABLE = "";

  private final Calls calls;
  private final EventPipelines pipelines;
  private final OpenStreams streams;

  PipelineCalls(Calls calls, EventPipelines pipelines, OpenStreams streams) {
    this.calls = calls;
    this.pipelines = pipelines;
    this.streams = streams;
  }

  @Override
  public StreamObserver<PushEventsRequest> pushEvents(StreamObserver<PushEventsResponse> caller) {
    return BatchStream.open(
        streams,
        new BatchStream.Work<PushEventsRequest, Pushed, PushEventsResponse>(
            PUSHES_AT_A_TIME,
            this::begin,
            begin -> calls.measured(Operation.PUSH_EVENTS, begin),
            calls.requestBytes(),
            (sequence, pushed) ->
                PushEventsResponse.newBuilder().setSequence(sequence).setPushed(pushed).build(),
            (sequence, error) ->
                PushEventsResponse.newBuilder().setSequence(sequence).setError(error).build()),
        caller);
  }

  /// Each request is begun once the one before is done: so the order of a stream is kept.
  private CompletableFuture<?> begin(PushEventsRequest request, CompletableFuture<Pushed> outcome) {
    var _ = calls.beginPart(NO_TABLE, () -> push(request), outcome);
    return outcome.handle((pushed, thrown) -> request);
  }

  private CompletableFuture<Pushed> push(PushEventsRequest request) {
    PushEventsRequest.Identity identity = request.getIdentity();
    Push push =
        new Push(
            request.getEventsList().stream().map(ByteString::toByteArray).toList(),
            request.hasIdentity()
                ? Optional.of(new Push.Identity(identity.getProducer(), identity.getSequence()))
                : Optional.empty(),
            Optional.of(request.getTraceparent()).filter(it -> !it.isEmpty()));
    return pipelines.push(request.getPipeline(), push).thenApply(PipelineCalls::write);
  }

  private static Pushed write(PushReport report) {
    Pushed.Builder pushed =
        Pushed.newBuilder().setAccepted(report.accepted()).setDropped(report.dropped());
    report.token().ifPresent(token -> pushed.setToken(token.toString()));
    for (EventPipelines.RejectedEvent rejected : report.rejected()) {
      pushed.addRejected(
          RejectedEvent.newBuilder()
              .setIndex(rejected.index())
              .setStep(rejected.step())
              .setError(Error.newBuilder().setCode(rejected.code()).setMessage(rejected.reason())));
    }
    return pushed.build();
  }
}
