package io.kindred.stream.run;

import io.kindred.stream.StartAt;
import java.util.Map;
import java.util.Optional;

/// What must be remembered of a pipeline across restarts. Immutable.
///
/// @param pausedBy who paused it, if it is paused
/// @param start where this generation begins each partition; the definition says where it is empty
/// @param replayed up to where its dead letters were replayed, by their partition
record PipelineRecord(
    Optional<String> pausedBy,
    long generation,
    Optional<StartAt> start,
    Map<Integer, Long> replayed) {
  static final PipelineRecord NEW =
      new PipelineRecord(Optional.empty(), 1, Optional.empty(), Map.of());

  PipelineRecord {
    replayed = Map.copyOf(replayed);
  }

  PipelineRecord withPausedBy(Optional<String> by) {
    return new PipelineRecord(by, generation, start, replayed);
  }

  PipelineRecord withNextGeneration(StartAt at) {
    return new PipelineRecord(pausedBy, generation + 1, Optional.of(at), replayed);
  }

  PipelineRecord withReplayed(Map<Integer, Long> upTo) {
    return new PipelineRecord(pausedBy, generation, start, upTo);
  }
}
