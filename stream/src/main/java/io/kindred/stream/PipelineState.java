package io.kindred.stream;

import java.time.Instant;

/// What a pipeline is doing. Immutable.
public sealed interface PipelineState {
  Instant since();

  /// It looks at its tables, models and source.
  record Starting(Instant since) implements PipelineState {}

  /// Events are processed as they come.
  record Running(Instant since) implements PipelineState {}

  /// Somebody stopped it.
  ///
  /// @param by who, as they said
  record Paused(String by, Instant since) implements PipelineState {}

  /// Something failed that may heal, and is tried again; events wait.
  ///
  /// @param attempt how often it failed in a row
  record Retrying(String reason, Instant since, int attempt, Instant next)
      implements PipelineState {}

  /// Something failed so often that the source is left alone until the next attempt. Nothing is
  /// lost; it goes on by itself once the cause is gone.
  record Broken(String reason, Instant since, Instant next) implements PipelineState {}

  /// Its file, or what the file names, does not hold together. It goes on when it is resumed; its
  /// file is then read again.
  record Failed(String reason, Instant since) implements PipelineState {}

  /// Its files were read to their ends.
  record Finished(Instant since) implements PipelineState {}

  /// The state's name in lower case, such as `running`.
  default String name() {
    return switch (this) {
      case Starting _ -> "starting";
      case Running _ -> "running";
      case Paused _ -> "paused";
      case Retrying _ -> "retrying";
      case Broken _ -> "broken";
      case Failed _ -> "failed";
      case Finished _ -> "finished";
    };
  }
}
