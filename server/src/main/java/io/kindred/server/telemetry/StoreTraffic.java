package io.kindred.server.telemetry;

import io.kindred.engine.Store;
import io.kindred.engine.TableInfo;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.pipelines.PipelineReport;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;

/// What was written, read and searched of each table since the start: rows by callers, and those
/// that pipelines changed by their events. Thread-safe.
final class StoreTraffic {
  private final Store store;
  private final EventPipelines pipelines;
  private final Telemetry telemetry;

  StoreTraffic(Store store, EventPipelines pipelines, Telemetry telemetry) {
    this.store = store;
    this.pipelines = pipelines;
    this.telemetry = telemetry;
  }

  /// By the names of the tables that there are.
  Map<String, TableTraffic.Counts> counts() {
    Map<String, Long> applied = new HashMap<>();
    for (PipelineReport report : pipelines.list()) {
      applied.merge(report.table(), report.counts().applied(), Long::sum);
    }
    Map<String, TableTraffic.Counts> counts = new TreeMap<>();
    for (TableInfo table : StoreCollector.tables(store)) {
      String name = table.spec().name();
      TableTraffic.Counts events = new TableTraffic.Counts(applied.getOrDefault(name, 0L), 0, 0);
      counts.put(name, telemetry.traffic(name).counts().plus(events));
    }
    return counts;
  }
}
