package io.kindred.server.telemetry;

import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.pipelines.PipelineReport;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/// Reads the pipelines' figures when metrics are asked for. Thread-safe.
final class PipelineCollector implements MultiCollector {
  private static final String PIPELINE = "pipeline";

  private final EventPipelines pipelines;

  PipelineCollector(EventPipelines pipelines) {
    this.pipelines = pipelines;
  }

  @Override
  public MetricSnapshots collect() {
    List<PipelineReport> reports = pipelines.list();
    if (reports.isEmpty()) {
      return MetricSnapshots.of();
    }
    return MetricSnapshots.builder()
        .metricSnapshot(states(reports))
        .metricSnapshot(lags(reports))
        .metricSnapshot(events(reports))
        .metricSnapshot(
            counter(
                "kindred_pipeline_retries",
                "Attempts after a failure that may heal",
                reports,
                it -> it.counts().retries()))
        .metricSnapshot(
            counter(
                "kindred_pipeline_dead_letters",
                "Events put aside",
                reports,
                it -> it.counts().deadLettered()))
        .metricSnapshot(latencies(reports))
        .build();
  }

  /// One series for each state, so that a state which a pipeline has left is seen to be 0.
  private static GaugeSnapshot states(List<PipelineReport> reports) {
    GaugeSnapshot.Builder states =
        GaugeSnapshot.builder()
            .name("kindred_pipeline_state")
            .help("1 for the state that the pipeline is in");
    for (PipelineReport report : reports) {
      for (String state : PipelineReport.STATES) {
        states.dataPoint(
            gauge(
                Labels.of(PIPELINE, report.name(), "state", state),
                state.equals(report.state().name()) ? 1 : 0));
      }
    }
    return states.build();
  }

  private static GaugeSnapshot lags(List<PipelineReport> reports) {
    GaugeSnapshot.Builder lags =
        GaugeSnapshot.builder().name("kindred_pipeline_lag").help("Events that are not done");
    for (PipelineReport report : reports) {
      lags.dataPoint(gauge(Labels.of(PIPELINE, report.name()), (double) report.lag()));
    }
    return lags.build();
  }

  private static CounterSnapshot events(List<PipelineReport> reports) {
    CounterSnapshot.Builder events =
        CounterSnapshot.builder()
            .name("kindred_pipeline_events")
            .help("Events by what became of them; rejected ones are dead letters");
    for (PipelineReport report : reports) {
      PipelineReport.Counts counts = report.counts();
      Map<String, Long> outcomes =
          new TreeMap<>(
              Map.of(
                  "received", counts.received(),
                  "applied", counts.applied(),
                  "repeated", counts.repeated(),
                  "stale", counts.stale()));
      outcomes.forEach(
          (outcome, count) ->
              events.dataPoint(
                  counted(Labels.of(PIPELINE, report.name(), "outcome", outcome), count)));
    }
    return events.build();
  }

  private static CounterSnapshot counter(
      String name, String help, List<PipelineReport> reports, ToLongFunction<PipelineReport> of) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    for (PipelineReport report : reports) {
      counter.dataPoint(counted(Labels.of(PIPELINE, report.name()), of.applyAsLong(report)));
    }
    return counter.build();
  }

  /// Nothing where no event came in the last minute: there is no latency then.
  private static GaugeSnapshot latencies(List<PipelineReport> reports) {
    GaugeSnapshot.Builder latencies =
        GaugeSnapshot.builder()
            .name("kindred_pipeline_searchable_after_seconds")
            .help("From when the source took an event until it was searchable, last minute");
    for (PipelineReport report : reports) {
      PipelineReport.Latency latency = report.latency();
      if (latency.samples() > 0) {
        latencies.dataPoint(quantile(report, "0.5", latency.p50()));
        latencies.dataPoint(quantile(report, "0.99", latency.p99()));
      }
    }
    return latencies.build();
  }

  private static GaugeDataPointSnapshot quantile(
      PipelineReport report, String quantile, Duration latency) {
    return gauge(Labels.of(PIPELINE, report.name(), "quantile", quantile), latency.toNanos() / 1e9);
  }

  private static GaugeDataPointSnapshot gauge(Labels labels, double value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value(value).build();
  }

  private static CounterDataPointSnapshot counted(Labels labels, long value) {
    return CounterDataPointSnapshot.builder().labels(labels).value((double) value).build();
  }
}
