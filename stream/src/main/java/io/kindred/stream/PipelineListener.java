package io.kindred.stream;

import io.kindred.engine.RowMerge;
import java.time.Duration;
import java.util.List;

/// Hears of what pipelines do, for metrics and for people. Implementations are thread-safe, fast,
/// and do not throw.
public interface PipelineListener {
  PipelineListener NONE = new PipelineListener() {};

  default void stateChanged(String pipeline, PipelineState state) {}

  /// Events of one batch are durable and searchable.
  ///
  /// @param table that they changed
  /// @param changes one for each event
  /// @param took from when the batch was begun
  default void applied(String pipeline, String table, List<RowMerge> changes, Duration took) {}

  /// One event is searchable.
  ///
  /// @param after the source took it
  default void searchable(String pipeline, Duration after) {}

  default void deadLettered(String pipeline, DeadLetter letter) {}

  /// Something failed that is tried again.
  default void retried(String pipeline, String reason) {}
}
