package io.kindred.stream;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A pipeline as it stands. Counts are since it was started in this process. Immutable.
///
/// @param source where events come from: `kafka`, `file` or `push`, and of what
/// @param table that it writes
/// @param generation raised by each reset, from 1
/// @param steps decoding, the steps, and writing, in order
/// @param lag events that are not done, as far as the source tells
/// @param latency from when the source took an event until it was searchable, in the last minute
/// @param circuits what the pipeline depends on, by name; none while it is stopped
/// @param watermark up to which event time the counts are kept, or null where none is known
/// @param deadLetters where they are, or null where the pipeline has none
public record PipelineStatus(
    String name,
    String source,
    String table,
    PipelineState state,
    long generation,
    List<Step> steps,
    Counts counts,
    Rates rates,
    long lag,
    Latency latency,
    Map<String, Circuit> circuits,
    List<Partition> partitions,
    @Nullable Instant watermark,
    @Nullable String deadLetters) {
  public PipelineStatus {
    steps = List.copyOf(steps);
    circuits = Map.copyOf(circuits);
    partitions = List.copyOf(partitions);
  }

  /// A step's events so far. What neither went on nor was dropped or rejected is in it now.
  ///
  /// @param out those that went on to the next step; of writing, those that are durable
  /// @param dropped those that a filter left out, or that had nothing to change
  public record Step(
      String label,
      long in,
      long out,
      long dropped,
      long rejected,
      double inPerSecond,
      double outPerSecond) {}

  /// @param received from the source
  /// @param applied durable and searchable
  /// @param repeated skipped, since they had been applied before
  /// @param stale lost against a later event time
  /// @param deadLettered put aside
  /// @param retries of what may heal
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

  /// @param samples how many events it is of
  public record Latency(Duration p50, Duration p99, long samples) {}

  /// Something that the pipeline depends on.
  ///
  /// @param retries of it, since the pipeline was last started
  /// @param waiting events that are with it now
  public record Circuit(CircuitState state, long retries, long waiting) {}

  /// Whether something is called (`CLOSED`), left alone (`OPEN`), or tried (`HALF_OPEN`).
  public enum CircuitState {
    CLOSED,
    OPEN,
    HALF_OPEN
  }

  /// @param next offset of the first event that is not done
  /// @param taken events read and not done
  /// @param lag events that are not done: those taken, and those known to wait in the source
  /// @param latest the latest event time so far, or null
  public record Partition(
      String topic, int number, long next, long taken, long lag, @Nullable Instant latest) {}
}
