package io.kindred.server.pipelines;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Token;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/// The event pipelines of a process, as its routes need them. Implementations are thread-safe.
///
/// All that names a pipeline throws `PIPELINE_NOT_FOUND` where there is none of the name.
public interface EventPipelines {
  /// Of a process that runs none.
  EventPipelines NONE = new NoPipelines();

  /// All of them, by name.
  List<PipelineReport> list();

  PipelineReport status(String pipeline);

  /// Stops reading events, also across restarts; done once what was begun is.
  ///
  /// @param by who asks for it
  void pause(String pipeline, String by) throws InterruptedException;

  void resume(String pipeline);

  /// Begins a new generation, which reads the source from there.
  ///
  /// @param from `earliest`, `latest` or an instant
  ResetReport reset(String pipeline, String from) throws InterruptedException;

  ReplayReport replayDeadLetters(String pipeline) throws InterruptedException;

  /// The newest dead letters, newest first.
  ///
  /// @param limit 1 to 1,000
  List<Letter> deadLetters(String pipeline, int limit) throws InterruptedException;

  /// Checks a pipeline against the store, and changes nothing.
  ///
  /// @return its name
  /// @throws KindredException naming line and column, value and expectation
  String validate(String yaml);

  /// Pushes events; done once they are durable and searchable.
  CompletableFuture<PushReport> push(String pipeline, Push push);

  /// @param generation the new one
  /// @param consequence what it means for the rows
  record ResetReport(long generation, String from, String consequence) {}

  /// What became of the letters that were taken through the pipeline again.
  record ReplayReport(long replayed, long applied, long dropped, long rejected) {}

  /// An event that was put aside.
  ///
  /// @param takenAt when the source took it
  @SuppressWarnings("ArrayRecordComponent") // compared by nobody
  record Letter(
      Instant at,
      String step,
      String code,
      String reason,
      String topic,
      int partition,
      long offset,
      Instant takenAt,
      byte[] event) {}

  /// Events that a caller sends, encoded as the pipeline declares. Immutable; the arrays do not
  /// change.
  ///
  /// @param identity by which a retry is recognised
  /// @param traceparent W3C's trace context
  record Push(List<byte[]> events, Optional<Identity> identity, Optional<String> traceparent) {
    public Push {
      events = List.copyOf(events);
    }

    /// A producer's name and a number that it gives to one request only.
    public record Identity(String producer, long sequence) {}
  }

  /// @param accepted events that were applied
  /// @param dropped events that a filter left out, or that had nothing to change
  /// @param rejected the others, in their order
  /// @param token from where a read sees them, if any was applied
  record PushReport(
      int accepted, int dropped, List<RejectedEvent> rejected, Optional<Token> token) {
    public PushReport {
      rejected = List.copyOf(rejected);
    }
  }

  /// @param index within the request, from 0
  /// @param step that found what is wrong
  record RejectedEvent(int index, String step, String code, String reason) {}

  /// The absence of pipelines. Immutable.
  final class NoPipelines implements EventPipelines {
    private NoPipelines() {}

    private static KindredException absent(String pipeline) {
      return KindredException.of(
          ErrorCode.PIPELINE_NOT_FOUND,
          "pipeline",
          pipeline,
          "a server that was started with --pipelines DIR");
    }

    @Override
    public List<PipelineReport> list() {
      return List.of();
    }

    @Override
    public PipelineReport status(String pipeline) {
      throw absent(pipeline);
    }

    @Override
    public void pause(String pipeline, String by) {
      throw absent(pipeline);
    }

    @Override
    public void resume(String pipeline) {
      throw absent(pipeline);
    }

    @Override
    public ResetReport reset(String pipeline, String from) {
      throw absent(pipeline);
    }

    @Override
    public ReplayReport replayDeadLetters(String pipeline) {
      throw absent(pipeline);
    }

    @Override
    public List<Letter> deadLetters(String pipeline, int limit) {
      throw absent(pipeline);
    }

    @Override
    public String validate(String yaml) {
      throw new KindredException(
          ErrorCode.UNSUPPORTED, "pipelines: none (expected: a server that runs pipelines)");
    }

    @Override
    public CompletableFuture<PushReport> push(String pipeline, Push push) {
      throw absent(pipeline);
    }
  }
}
