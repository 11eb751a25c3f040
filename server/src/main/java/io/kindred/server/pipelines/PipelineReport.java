package io.kindred.server.pipelines;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A pipeline as it stands. Counts are since it was started in this process. Immutable.
///
/// @param source where events come from, such as `push`
/// @param table that it writes
/// @param steps decoding, the steps, and writing, in order
/// @param lag events that are not done, as far as the source tells
/// @param circuits what the pipeline depends on, by name; none while it is stopped
/// @param watermark up to which event time the counts are kept
/// @param deadLetters where they are
public record PipelineReport(
    String name,
    String source,
    String table,
    State state,
    long generation,
    List<Step> steps,
    Counts counts,
    Rates rates,
    long lag,
    Latency latency,
    Map<String, Circuit> circuits,
    List<Partition> partitions,
    Optional<Instant> watermark,
    Optional<String> deadLetters) {
  /// The names of all states, in the order in which they usually come.
  public static final List<String> STATES =
      List.of("starting", "running", "paused", "retrying", "broken", "failed", "finished");

  public PipelineReport {
    steps = List.copyOf(steps);
    circuits = Map.copyOf(circuits);
    partitions = List.copyOf(partitions);
  }

  /// @param name one of [#STATES]
  /// @param reason why, or who paused it
  /// @param nextAttempt when what failed is tried again
  public record State(
      String name, Instant since, Optional<String> reason, Optional<Instant> nextAttempt) {}

  /// @param out events that went on; of writing, those that are durable
  public record Step(
      String label,
      long in,
      long out,
      long dropped,
      long rejected,
      double inPerSecond,
      double outPerSecond) {}

  /// @param state `closed`, `open` or `half_open`
  /// @param retries since the pipeline was last started
  /// @param waiting events that are with it now
  public record Circuit(String state, long retries, long waiting) {}

  /// @param repeated skipped, since they had been applied before
  /// @param stale lost against a later event time
  /// @param advanced rows whose counts were brought up to date without an event
  public record Counts(
      long received,
      long applied,
      long repeated,
      long stale,
      long deadLettered,
      long retries,
      long advanced) {}

  /// Events a second, over the last ten seconds.
  public record Rates(double received, double applied, double deadLettered) {}

  /// From when the source took an event until it was searchable, in the last minute.
  ///
  /// @param samples how many events it is of
  public record Latency(Duration p50, Duration p99, long samples) {}

  /// @param next offset of the first event that is not done
  /// @param taken events read and not done
  public record Partition(
      String topic, int number, long next, long taken, long lag, Optional<Instant> latest) {}
}
