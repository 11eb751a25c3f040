package io.kindred.stream;

import java.time.Duration;

/// Hears of what pipelines do, for metrics. Implementations are thread-safe, fast, and do not
/// throw.
public interface PipelineListener {
  PipelineListener NONE = new PipelineListener() {};

  default void stateChanged(String pipeline, PipelineState state) {}

  /// Events of one batch are durable and searchable.
  ///
  /// @param took from when the batch was begun
  default void applied(String pipeline, int events, Duration took) {}

  /// One event is searchable.
  ///
  /// @param after the source took it
  default void searchable(String pipeline, Duration after) {}

  default void deadLettered(String pipeline, DeadLetter letter) {}

  /// Something failed that is tried again.
  default void retried(String pipeline, String reason) {}
}
