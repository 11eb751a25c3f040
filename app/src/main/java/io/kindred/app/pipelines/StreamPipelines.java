package io.kindred.app.pipelines;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.pipelines.PipelineReport;
import io.kindred.stream.DeadLetter;
import io.kindred.stream.Pipelines;
import io.kindred.stream.PushRequest;
import io.kindred.stream.PushResult;
import io.kindred.stream.ReplayResult;
import io.kindred.stream.ResetResult;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.StartAt;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/// The pipelines of a process in the server's terms. Thread-safe.
final class StreamPipelines implements EventPipelines {
  /// What errors call a pipeline that is sent to be checked.
  private static final String SENT = "pipeline.yaml";

  private final Pipelines pipelines;

  StreamPipelines(Pipelines pipelines) {
    this.pipelines = pipelines;
  }

  @Override
  public List<PipelineReport> list() {
    return pipelines.list().stream().map(PipelineReports::of).toList();
  }

  @Override
  public PipelineReport status(String pipeline) {
    return PipelineReports.of(pipelines.status(pipeline));
  }

  @Override
  public void pause(String pipeline, String by) throws InterruptedException {
    pipelines.pause(pipeline, by);
  }

  @Override
  public void resume(String pipeline) {
    pipelines.resume(pipeline);
  }

  @Override
  public ResetReport reset(String pipeline, String from) throws InterruptedException {
    ResetResult result = pipelines.reset(pipeline, start(from));
    return new ResetReport(result.generation(), result.start().text(), result.consequence());
  }

  private static StartAt start(String from) {
    try {
      return StartAt.parse(from);
    } catch (DateTimeParseException e) {
      KindredException wrong =
          KindredException.of(
              ErrorCode.INVALID_ARGUMENT,
              "from",
              from,
              "earliest, latest or an instant such as 2026-01-31T09:30:00Z");
      wrong.initCause(e);
      throw wrong;
    }
  }

  @Override
  public ReplayReport replayDeadLetters(String pipeline) throws InterruptedException {
    ReplayResult result = pipelines.replayDeadLetters(pipeline);
    return new ReplayReport(
        result.replayed(), result.applied(), result.dropped(), result.rejected());
  }

  @Override
  public List<Letter> deadLetters(String pipeline, int limit) throws InterruptedException {
    return pipelines.deadLetters(pipeline, limit).stream().map(StreamPipelines::letter).toList();
  }

  private static Letter letter(DeadLetter letter) {
    SourceRecord event = letter.event();
    return new Letter(
        letter.at(),
        letter.rejection().step(),
        letter.rejection().code(),
        letter.rejection().reason(),
        event.position().topic(),
        event.position().partition(),
        event.position().offset(),
        Instant.ofEpochMilli(event.timestampMillis()),
        event.value());
  }

  @Override
  public String validate(String yaml) {
    return pipelines.validate(SENT, yaml);
  }

  @Override
  public CompletableFuture<PushReport> push(String pipeline, Push push) {
    PushRequest request =
        new PushRequest(
            push.events(),
            push.identity().map(it -> new PushRequest.Identity(it.producer(), it.sequence())),
            push.traceparent());
    return pipelines.push(pipeline, request).thenApply(StreamPipelines::report);
  }

  private static PushReport report(PushResult result) {
    List<RejectedEvent> rejected =
        result.rejected().stream()
            .map(
                it ->
                    new RejectedEvent(
                        it.index(),
                        it.rejection().step(),
                        it.rejection().code(),
                        it.rejection().reason()))
            .toList();
    return new PushReport(result.accepted(), result.dropped(), rejected, result.token());
  }
}
