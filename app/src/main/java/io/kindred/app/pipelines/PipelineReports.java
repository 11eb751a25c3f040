package io.kindred.app.pipelines;

import io.kindred.server.pipelines.PipelineReport;
import io.kindred.stream.PipelineState;
import io.kindred.stream.PipelineStatus;
import java.time.Instant;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Says in the server's terms how a pipeline stands. Stateless.
final class PipelineReports {
  private PipelineReports() {}

  static PipelineReport of(PipelineStatus status) {
    Map<String, PipelineReport.Circuit> circuits = new TreeMap<>();
    status.circuits().forEach((name, circuit) -> circuits.put(name, circuit(circuit)));
    return new PipelineReport(
        status.name(),
        status.source(),
        status.table(),
        state(status.state()),
        status.generation(),
        status.steps().stream().map(PipelineReports::step).toList(),
        counts(status.counts()),
        new PipelineReport.Rates(
            status.rates().received(), status.rates().applied(), status.rates().deadLettered()),
        status.lag(),
        new PipelineReport.Latency(
            status.latency().p50(), status.latency().p99(), status.latency().samples()),
        circuits,
        status.partitions().stream().map(PipelineReports::partition).toList(),
        Optional.ofNullable(status.watermark()),
        Optional.ofNullable(status.deadLetters()));
  }

  private static PipelineReport.State state(PipelineState state) {
    return switch (state) {
      case PipelineState.Starting _, PipelineState.Running _, PipelineState.Finished _ ->
          state(state, Optional.empty(), Optional.empty());
      case PipelineState.Paused it -> state(it, Optional.of("by " + it.by()), Optional.empty());
      case PipelineState.Retrying it ->
          state(
              it,
              Optional.of(it.reason() + " (failures in a row: " + it.attempt() + ")"),
              Optional.of(it.next()));
      case PipelineState.Broken it -> state(it, Optional.of(it.reason()), Optional.of(it.next()));
      case PipelineState.Failed it -> state(it, Optional.of(it.reason()), Optional.empty());
    };
  }

  private static PipelineReport.State state(
      PipelineState state, Optional<String> reason, Optional<Instant> nextAttempt) {
    return new PipelineReport.State(state.name(), state.since(), reason, nextAttempt);
  }

  private static PipelineReport.Circuit circuit(PipelineStatus.Circuit circuit) {
    return new PipelineReport.Circuit(
        circuit.state().name().toLowerCase(Locale.ROOT), circuit.retries(), circuit.waiting());
  }

  private static PipelineReport.Step step(PipelineStatus.Step step) {
    return new PipelineReport.Step(
        step.label(),
        step.in(),
        step.out(),
        step.dropped(),
        step.rejected(),
        step.inPerSecond(),
        step.outPerSecond());
  }

  private static PipelineReport.Counts counts(PipelineStatus.Counts counts) {
    return new PipelineReport.Counts(
        counts.received(),
        counts.applied(),
        counts.repeated(),
        counts.stale(),
        counts.deadLettered(),
        counts.retries(),
        counts.advanced());
  }

  private static PipelineReport.Partition partition(PipelineStatus.Partition partition) {
    return new PipelineReport.Partition(
        partition.topic(),
        partition.number(),
        partition.next(),
        partition.taken(),
        partition.lag(),
        Optional.ofNullable(partition.latest()));
  }
}
