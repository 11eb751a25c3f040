package io.kindred.server.telemetry;

import io.kindred.engine.DiskInfo;
import io.kindred.engine.KindredException;
import io.kindred.engine.MemoryInfo;
import io.kindred.engine.ScrubInfo;
import io.kindred.engine.Store;
import io.kindred.engine.StoreHealth;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads the store's and each table's figures when metrics are asked for. Thread-safe.
final class StoreCollector implements MultiCollector {
  private static final Logger LOG = LoggerFactory.getLogger(StoreCollector.class);

  private final Store store;

  StoreCollector(Store store) {
    this.store = store;
  }

  @Override
  public MetricSnapshots collect() {
    List<TableInfo> tables = tables(store);
    MetricSnapshots.Builder all = MetricSnapshots.builder();
    all.metricSnapshot(
        gauge("kindred_table_rows", "Live rows", tables, info -> info.rowCount()).build());
    all.metricSnapshot(bytes(tables));
    all.metricSnapshot(
        gauge(
                "kindred_table_delta_rows",
                "Row images not in the base yet",
                tables,
                info -> info.delta().rows())
            .build());
    all.metricSnapshot(
        gauge(
                "kindred_table_hidden_rows",
                "Rows of the base that were replaced or deleted",
                tables,
                info -> info.delta().hidden())
            .build());
    all.metricSnapshot(
        gauge(
                "kindred_table_applied_position",
                "Last log position that reads see",
                tables,
                TableInfo::appliedPosition)
            .build());
    all.metricSnapshot(
        gauge(
                "kindred_table_checkpoint_position",
                "Last log position in a checkpoint",
                tables,
                TableInfo::checkpointPosition)
            .build());
    addRecalls(all, tables);
    addLog(all);
    addHealth(all);
    return all.build();
  }

  /// The tables as they stand; one that is dropped meanwhile is left out.
  static List<TableInfo> tables(Store store) {
    List<TableInfo> infos = new ArrayList<>();
    for (Table table : store.tables()) {
      try {
        infos.add(table.info());
      } catch (KindredException e) {
        LOG.debug("table left out of the figures", e);
      }
    }
    return infos;
  }

  private static void addRecalls(MetricSnapshots.Builder all, List<TableInfo> tables) {
    GaugeSnapshot.Builder means =
        GaugeSnapshot.builder()
            .name("kindred_search_recall")
            .help("Mean recall of the last live searches that were repeated exactly");
    GaugeSnapshot.Builder samples =
        GaugeSnapshot.builder()
            .name("kindred_search_recall_samples")
            .help("Live searches that were repeated exactly since the table was opened");
    for (TableInfo info : tables) {
      info.recalls()
          .forEach(
              (field, recall) -> {
                Labels labels = Labels.of("table", info.spec().name(), "field", field);
                means.dataPoint(
                    GaugeDataPointSnapshot.builder().labels(labels).value(recall.mean()).build());
                samples.dataPoint(point(labels, recall.samples()));
              });
    }
    all.metricSnapshot(means.build());
    all.metricSnapshot(samples.build());
  }

  private void addLog(MetricSnapshots.Builder all) {
    StoreInfo info = store.info();
    all.metricSnapshot(
        gauge(
            "kindred_log_committed_position", "Last record in the log", info.committedPosition()));
    all.metricSnapshot(
        gauge(
            "kindred_log_applied_position", "Last record that reads see", info.appliedPosition()));
    all.metricSnapshot(
        gauge("kindred_log_oldest_position", "First record still held", info.oldestPosition()));
    all.metricSnapshot(gauge("kindred_log_bytes", "Bytes of the log on disk", info.logBytes()));
    all.metricSnapshot(
        gauge("kindred_delta_memory_bytes", "Off-heap memory of the deltas", info.memoryBytes()));
  }

  private void addHealth(MetricSnapshots.Builder all) {
    StoreHealth health = store.health();
    DiskInfo disk = health.disk();
    all.metricSnapshot(
        gauge("kindred_disk_free_bytes", "Free space of the data directory", disk.freeBytes()));
    all.metricSnapshot(
        gauge(
            "kindred_disk_free_bytes_min",
            "With less free space, no rows are added",
            disk.freeBytesMin()));
    all.metricSnapshot(
        gauge(
            "kindred_disk_state",
            "0: room, 1: low, 2: rows are refused, 3: nothing is written",
            level(disk.state())));
    MemoryInfo memory = health.memory();
    all.metricSnapshot(
        gauge(
            "kindred_memory_budget_bytes",
            "With more memory in use, no rows are added",
            memory.budgetBytes()));
    all.metricSnapshot(
        gauge("kindred_memory_used_bytes", "Memory of the budget in use", memory.usedBytes()));
    all.metricSnapshot(gauge("kindred_memory_log_bytes", "Buffers of the log", memory.logBytes()));
    all.metricSnapshot(gauge("kindred_memory_build_bytes", "Kept for folds", memory.buildBytes()));
    GaugeSnapshot.Builder tables =
        GaugeSnapshot.builder()
            .name("kindred_table_memory_bytes")
            .help("Memory by what it holds; mapped files are not of the budget");
    memory
        .byTable()
        .forEach(
            (table, bytes) ->
                bytes
                    .byName()
                    .forEach(
                        (kind, count) ->
                            tables.dataPoint(
                                point(Labels.of("table", table, "kind", kind), count))));
    all.metricSnapshot(tables.build());
    GaugeSnapshot.Builder budgets =
        GaugeSnapshot.builder()
            .name("kindred_table_memory_budget_bytes")
            .help("Of tables with a budget of their own: with more in use, no rows are added");
    memory
        .tableBudgets()
        .forEach((table, bytes) -> budgets.dataPoint(point(Labels.of("table", table), bytes)));
    all.metricSnapshot(budgets.build());
    ScrubInfo scrub = health.scrub();
    all.metricSnapshot(
        gauge("kindred_scrub_rounds", "Rounds of checking all files", scrub.rounds()));
    all.metricSnapshot(
        gauge("kindred_scrub_bytes", "Bytes of files read and checked", scrub.bytes()));
    all.metricSnapshot(
        gauge(
            "kindred_scrub_replaced_files",
            "Files that were damaged and written anew",
            scrub.replaced()));
    all.metricSnapshot(
        gauge(
            "kindred_damaged_files",
            "Files that are damaged, which /v1/stats names",
            scrub.damaged().size()));
    all.metricSnapshot(
        gauge(
            "kindred_problems",
            "Problems of the store, which /v1/stats names",
            health.problems().size()));
  }

  private static int level(DiskInfo.State state) {
    return switch (state) {
      case OK -> 0;
      case LOW -> 1;
      case FULL -> 2;
      case READ_ONLY -> 3;
    };
  }

  private static GaugeSnapshot gauge(String name, String help, long value) {
    return GaugeSnapshot.builder()
        .name(name)
        .help(help)
        .dataPoint(point(Labels.EMPTY, value))
        .build();
  }

  private static GaugeSnapshot.Builder gauge(
      String name,
      String help,
      List<TableInfo> tables,
      java.util.function.ToLongFunction<TableInfo> figure) {
    GaugeSnapshot.Builder gauge = GaugeSnapshot.builder().name(name).help(help);
    for (TableInfo info : tables) {
      gauge.dataPoint(point(Labels.of("table", info.spec().name()), figure.applyAsLong(info)));
    }
    return gauge;
  }

  private static GaugeSnapshot bytes(List<TableInfo> tables) {
    GaugeSnapshot.Builder gauge =
        GaugeSnapshot.builder().name("kindred_table_bytes").help("Bytes by what they hold");
    for (TableInfo info : tables) {
      String table = info.spec().name();
      TableInfo.Bytes bytes = info.bytes();
      gauge.dataPoint(point(Labels.of("table", table, "kind", "vectors"), bytes.vectors()));
      gauge.dataPoint(point(Labels.of("table", table, "kind", "rows"), bytes.rows()));
      gauge.dataPoint(point(Labels.of("table", table, "kind", "keys"), bytes.keys()));
      gauge.dataPoint(point(Labels.of("table", table, "kind", "indexes"), bytes.indexes()));
      gauge.dataPoint(point(Labels.of("table", table, "kind", "delta"), bytes.delta()));
      gauge.dataPoint(point(Labels.of("table", table, "kind", "checkpoint"), bytes.checkpoint()));
    }
    return gauge.build();
  }

  private static GaugeDataPointSnapshot point(Labels labels, long value) {
    return GaugeDataPointSnapshot.builder().labels(labels).value((double) value).build();
  }
}
