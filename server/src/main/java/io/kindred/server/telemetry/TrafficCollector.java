package io.kindred.server.telemetry;

import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.Map;
import java.util.function.ToLongFunction;

/// Reads what was written, read and searched of each table when metrics are asked for: what the
/// rates of the live statistics are the differences of. Thread-safe.
final class TrafficCollector implements MultiCollector {
  private final StoreTraffic traffic;

  TrafficCollector(StoreTraffic traffic) {
    this.traffic = traffic;
  }

  @Override
  public MetricSnapshots collect() {
    Map<String, TableTraffic.Counts> counts = traffic.counts();
    return MetricSnapshots.of(
        counter(
            "kindred_table_rows_written",
            "Rows that callers wrote, and events that pipelines applied to rows",
            counts,
            TableTraffic.Counts::rowsWritten),
        counter(
            "kindred_table_rows_read",
            "Rows that callers read",
            counts,
            TableTraffic.Counts::rowsRead),
        counter(
            "kindred_table_searches",
            "Queries that were searched",
            counts,
            TableTraffic.Counts::searches));
  }

  private static CounterSnapshot counter(
      String name,
      String help,
      Map<String, TableTraffic.Counts> counts,
      ToLongFunction<TableTraffic.Counts> of) {
    CounterSnapshot.Builder counter = CounterSnapshot.builder().name(name).help(help);
    counts.forEach(
        (table, count) ->
            counter.dataPoint(
                CounterDataPointSnapshot.builder()
                    .labels(Labels.of("table", table))
                    .value((double) of.applyAsLong(count))
                    .build()));
    return counter.build();
  }
}
