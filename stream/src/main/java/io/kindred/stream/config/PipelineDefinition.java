package io.kindred.stream.config;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A pipeline as its file says. Immutable; what it names outside of the file (tables, models,
/// schemas) has not been looked at yet.
///
/// @param deadLetters where events go that cannot be processed; null only where the source is push,
///   whose callers are told
public record PipelineDefinition(
    Text name,
    SourceDefinition source,
    EventDefinition event,
    List<StepDefinition> steps,
    SinkDefinition sink,
    @Nullable DeadLetterDefinition deadLetters,
    RetryDefinition retry) {
  public PipelineDefinition {
    steps = List.copyOf(steps);
  }

  /// How what may heal is tried again.
  ///
  /// @param first wait after the first failure; each later one is twice as long
  /// @param most the longest wait
  /// @param attempts failures in a row after which the circuit opens: the source is paused, and one
  ///   attempt is made each `most`
  public record RetryDefinition(Duration first, Duration most, int attempts) {
    public static final RetryDefinition DEFAULT =
        new RetryDefinition(Duration.ofMillis(100), Duration.ofSeconds(30), 10);
  }
}
