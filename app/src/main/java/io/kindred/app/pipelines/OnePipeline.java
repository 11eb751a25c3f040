package io.kindred.app.pipelines;

import io.kindred.app.config.ConfigException;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.stream.PipelineState;
import io.kindred.stream.PipelineStatus;
import io.kindred.stream.Pipelines;
import java.nio.file.Path;

/// One pipeline that runs over a data directory without a server. Stateless.
public final class OnePipeline {
  private static final String PUSH = "push";

  private OnePipeline() {}

  /// Waits a little.
  @FunctionalInterface
  public interface Pause {
    /// @return whether it is time to stop
    boolean isLast() throws InterruptedException;
  }

  /// What was done.
  ///
  /// @param name of the pipeline
  public record Outcome(String name, long received, long applied, long deadLettered) {}

  /// Checks a file as far as it goes without a store.
  ///
  /// @throws ConfigException naming file, line, value and expectation
  public static void check(Path file) {
    ServedPipelines.validate(file);
  }

  /// Runs until the pipeline has finished, has failed, or is to stop.
  ///
  /// @throws ConfigException where its file is wrong
  /// @throws KindredException where it failed
  public static Outcome run(Path file, Path data, Pause pause) throws InterruptedException {
    try (Traces traces = Traces.open();
        EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(data));
        Pipelines pipelines = Pipelines.open(store, ServedPipelines.options(traces))) {
      ServedPipelines.start(pipelines, file);
      PipelineStatus status = pipelines.list().getFirst();
      if (status.source().equals(PUSH)) {
        throw new ConfigException(
            file + ": source: push (expected: kafka or file; a server runs those with push)");
      }
      while (isUnderWay(status) && !pause.isLast()) {
        status = pipelines.status(status.name());
      }
      return outcome(status);
    }
  }

  private static boolean isUnderWay(PipelineStatus status) {
    return !(status.state() instanceof PipelineState.Finished
        || status.state() instanceof PipelineState.Failed
        || status.state() instanceof PipelineState.Paused);
  }

  private static Outcome outcome(PipelineStatus status) {
    String name = status.name();
    return switch (status.state()) {
      case PipelineState.Failed it ->
          throw new KindredException(ErrorCode.INVALID_ARGUMENT, name + ": " + it.reason());
      case PipelineState.Paused it ->
          throw new KindredException(
              ErrorCode.NOT_READY,
              name + ": paused by " + it.by() + " (expected: one that was resumed)");
      case PipelineState.Starting _,
          PipelineState.Running _,
          PipelineState.Retrying _,
          PipelineState.Broken _,
          PipelineState.Finished _ ->
          new Outcome(
              name,
              status.counts().received(),
              status.counts().applied(),
              status.counts().deadLettered());
    };
  }
}
