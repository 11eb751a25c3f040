package io.kindred.server.telemetry;

import io.kindred.engine.Store;
import io.kindred.engine.TableInfo;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/// Reads what was written, read and searched of each table when metrics are asked for: what the
/// rates of the live statistics are the differences of. Thread-safe.
final class TrafficCollector implements MultiCollector {
  private final Store store;
  private final Function<String, TableTraffic> traffic;

  /// @param traffic of a table by its name
  TrafficCollector(Store store, Function<String, TableTraffic> traffic) {
    this.store = store;
    this.traffic = traffic;
  }

  @Override
  public MetricSnapshots collect() {
    List<TableInfo> tables = StoreCollector.tables(store);
    Map<String, TableTraffic.Counts> counts = new TreeMap<>();
    for (TableInfo table : tables) {
      String name = table.spec().name();
      counts.put(name, traffic.apply(name).counts());
    }
    return MetricSnapshots.of(
        counter(
            "kindred_table_rows_written",
            "Rows that callers wrote",
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
