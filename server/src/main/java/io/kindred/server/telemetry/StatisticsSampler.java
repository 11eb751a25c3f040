package io.kindred.server.telemetry;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.engine.DiskInfo;
import io.kindred.engine.MemoryBytes;
import io.kindred.engine.MemoryInfo;
import io.kindred.engine.ScrubInfo;
import io.kindred.engine.Store;
import io.kindred.engine.StoreHealth;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.TableInfo;
import io.kindred.server.json.PipelineJson;
import io.kindred.server.json.TableInfoJson;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.pipelines.PipelineReport;
import io.kindred.server.telemetry.StatisticsHistory.Column;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;

/// Turns counters into rates: each sample tells what happened since the one before, and is kept for
/// a while as a point of the history. Owned by one thread at a time.
final class StatisticsSampler {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Operation[] WITH_LATENCY = {
    Operation.PUT,
    Operation.UPDATE,
    Operation.DELETE,
    Operation.GET,
    Operation.GET_VECTORS,
    Operation.SCAN,
    Operation.SEARCH,
    Operation.RECOMMEND,
    Operation.PUSH_EVENTS
  };

  /// Acknowledged when what they wrote is durable and visible, so their latency is how fresh reads
  /// are.
  private static final Set<Operation> WRITES =
      Set.of(Operation.PUT, Operation.UPDATE, Operation.DELETE);

  private static final Set<Operation> SEARCHES = Set.of(Operation.SEARCH, Operation.RECOMMEND);

  private final Store store;
  private final EventPipelines pipelines;
  private final StoreTraffic traffic;
  private final Telemetry telemetry;
  private final StatisticsHistory history;
  private final Map<Operation, LatencyWindow> latencies = new EnumMap<>(Operation.class);
  private Map<String, SeenTable> seen = new HashMap<>();
  private long errors;
  private long takenNanos = System.nanoTime();

  StatisticsSampler(
      Store store, EventPipelines pipelines, Telemetry telemetry, StatisticsHistory history) {
    this.store = store;
    this.pipelines = pipelines;
    this.traffic = new StoreTraffic(store, pipelines, telemetry);
    this.telemetry = telemetry;
    this.history = history;
    for (Operation operation : WITH_LATENCY) {
      latencies.put(operation, new LatencyWindow(telemetry.latency(operation)));
    }
  }

  /// What was counted of a table until the last sample.
  private record SeenTable(TableTraffic.Counts counts, Map<Operation, LatencyWindow> latencies) {
    SeenTable() {
      this(TableTraffic.Counts.NONE, new EnumMap<>(Operation.class));
    }
  }

  /// What happened since the last call, as a JSON object.
  String sample() {
    long now = System.nanoTime();
    double seconds = Math.max((now - takenNanos) / 1e9, 1e-3);
    takenNanos = now;
    Instant time = Instant.now();
    StatisticsHistory.Point point = new StatisticsHistory.Point(time.toEpochMilli());
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      out.writeStringField("time", time.toString());
      out.writeNumberField("uptime_s", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
      writeTables(out, seconds, point);
      writeErrors(out, seconds, point);
      writeLatencies(out, seconds, point);
      StoreInfo info = store.info();
      StoreHealth health = store.health();
      writeLog(out, info, point);
      writeMemory(out, new Memory(info, health.memory()), point);
      writeDisk(out, health.disk());
      point.set(Column.DISK_FREE_BYTES, health.disk().freeBytes());
      writeScrub(out, health.scrub());
      writePipelines(out, point);
      writeTexts(out, "problems", health.problems());
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    history.add(point);
    return text.toString();
  }

  /// The tables, and before them the rates of all together.
  private void writeTables(JsonGenerator out, double seconds, StatisticsHistory.Point point)
      throws IOException {
    List<TableInfo> tables = StoreCollector.tables(store);
    Map<String, TableTraffic.Counts> all = traffic.counts();
    Map<String, SeenTable> before = seen;
    Map<String, SeenTable> after = new HashMap<>();
    Map<String, TableTraffic.Counts> between = new HashMap<>();
    TableTraffic.Counts total = TableTraffic.Counts.NONE;
    for (TableInfo table : tables) {
      String name = table.spec().name();
      TableTraffic.Counts counts = all.getOrDefault(name, TableTraffic.Counts.NONE);
      SeenTable known = before.getOrDefault(name, new SeenTable());
      TableTraffic.Counts change = counts.since(known.counts());
      after.put(name, new SeenTable(counts, known.latencies()));
      between.put(name, change);
      total = total.plus(change);
    }
    seen = after;
    writeRates(out, total, seconds);
    point.set(Column.UPSERTS_PER_S, rate(total.rowsWritten(), seconds));
    point.set(Column.GETS_PER_S, rate(total.rowsRead(), seconds));
    point.set(Column.SEARCHES_PER_S, rate(total.searches(), seconds));
    tables.stream()
        .flatMap(table -> table.recalls().values().stream())
        .mapToDouble(TableInfo.MeasuredRecall::mean)
        .average()
        .ifPresent(mean -> point.set(Column.RECALL_MEAN, mean));
    out.writeArrayFieldStart("tables");
    for (TableInfo table : tables) {
      String name = table.spec().name();
      out.writeStartObject();
      out.writeStringField("name", name);
      out.writeNumberField("row_count", table.rowCount());
      out.writeNumberField("bytes", table.bytes().total());
      out.writeNumberField("delta_rows", table.delta().rows());
      TableInfoJson.writeRecalls(table.recalls(), out);
      writeRates(out, between.getOrDefault(name, TableTraffic.Counts.NONE), seconds);
      writeLatencies(out, name, seconds);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  /// Of a table: only the operations that were called, and all searches together.
  private void writeLatencies(JsonGenerator out, String table, double seconds) throws IOException {
    Map<Operation, LatencyWindow> windows = seen.getOrDefault(table, new SeenTable()).latencies();
    LatencyWindow.Seen searches = LatencyWindow.Seen.NONE;
    out.writeObjectFieldStart("operations");
    for (Operation operation : WITH_LATENCY) {
      LatencyHistogram latency = telemetry.traffic(table).latency(operation);
      if (latency != null) {
        LatencyWindow window = windows.computeIfAbsent(operation, any -> LatencyWindow.ofNothing());
        LatencyWindow.Seen calls = window.next(latency);
        if (calls.calls() > 0) {
          writeLatency(out, operation.label(), calls, seconds);
        }
        if (SEARCHES.contains(operation)) {
          searches = searches.and(calls);
        }
      }
    }
    out.writeEndObject();
    if (searches.calls() > 0) {
      writeLatency(out, "searches", searches, seconds);
    }
  }

  private static void writeRates(JsonGenerator out, TableTraffic.Counts change, double seconds)
      throws IOException {
    out.writeNumberField("upserts_per_s", rate(change.rowsWritten(), seconds));
    out.writeNumberField("gets_per_s", rate(change.rowsRead(), seconds));
    out.writeNumberField("searches_per_s", rate(change.searches(), seconds));
  }

  private static double rate(long count, double seconds) {
    return Math.round(count / seconds * 10) / 10.0;
  }

  private void writeErrors(JsonGenerator out, double seconds, StatisticsHistory.Point point)
      throws IOException {
    long count = telemetry.errors();
    double rate = rate(count - errors, seconds);
    out.writeNumberField("errors_per_s", rate);
    point.set(Column.ERRORS_PER_S, rate);
    errors = count;
  }

  private void writeLatencies(JsonGenerator out, double seconds, StatisticsHistory.Point point)
      throws IOException {
    LatencyWindow.Seen searches = LatencyWindow.Seen.NONE;
    LatencyWindow.Seen writes = LatencyWindow.Seen.NONE;
    out.writeObjectFieldStart("operations");
    for (Map.Entry<Operation, LatencyWindow> entry : latencies.entrySet()) {
      Operation operation = entry.getKey();
      LatencyWindow.Seen calls = entry.getValue().next(telemetry.latency(operation));
      writeLatency(out, operation.label(), calls, seconds);
      if (SEARCHES.contains(operation)) {
        searches = searches.and(calls);
      } else if (operation == Operation.GET) {
        point.setLatency(Column.GET_P50_US, Column.GET_P99_US, calls);
      } else if (WRITES.contains(operation)) {
        writes = writes.and(calls);
      }
    }
    out.writeEndObject();
    writeLatency(out, "searches", searches, seconds);
    point.setLatency(Column.SEARCH_P50_US, Column.SEARCH_P99_US, searches);
    writeLatency(out, "writes", writes, seconds);
    point.setLatency(Column.WRITE_P50_US, Column.WRITE_P99_US, writes);
  }

  private static void writeLatency(
      JsonGenerator out, String name, LatencyWindow.Seen calls, double seconds) throws IOException {
    out.writeFieldName(name);
    writeLatencyBody(out, calls, seconds);
  }

  private static void writeLatencyBody(JsonGenerator out, LatencyWindow.Seen calls, double seconds)
      throws IOException {
    out.writeStartObject();
    out.writeNumberField("calls_per_s", rate(calls.calls(), seconds));
    out.writeNumberField("p50_us", calls.p50Micros());
    out.writeNumberField("p99_us", calls.p99Micros());
    out.writeEndObject();
  }

  private static void writeLog(JsonGenerator out, StoreInfo info, StatisticsHistory.Point point)
      throws IOException {
    long lag = info.committedPosition() - info.appliedPosition();
    out.writeObjectFieldStart("log");
    out.writeNumberField("committed_position", info.committedPosition());
    out.writeNumberField("applied_position", info.appliedPosition());
    out.writeNumberField("lag", lag);
    out.writeNumberField("bytes", info.logBytes());
    out.writeEndObject();
    point.set(Column.LOG_LAG, lag);
  }

  /// The memory of the store, and that of its budget.
  private record Memory(StoreInfo store, MemoryInfo budget) {}

  private static void writeMemory(JsonGenerator out, Memory memory, StatisticsHistory.Point point)
      throws IOException {
    Runtime runtime = Runtime.getRuntime();
    long heapUsed = runtime.totalMemory() - runtime.freeMemory();
    MemoryInfo budget = memory.budget();
    point.set(Column.HEAP_USED_BYTES, heapUsed);
    point.set(Column.MEMORY_USED_BYTES, budget.usedBytes());
    out.writeObjectFieldStart("memory");
    out.writeNumberField("heap_used_bytes", heapUsed);
    out.writeNumberField("heap_max_bytes", runtime.maxMemory());
    out.writeNumberField("delta_bytes", memory.store().memoryBytes());
    out.writeNumberField("budget_bytes", budget.budgetBytes());
    out.writeNumberField("used_bytes", budget.usedBytes());
    out.writeObjectFieldStart("components");
    out.writeNumberField("log", budget.logBytes());
    out.writeNumberField("builds", budget.buildBytes());
    writeComponents(out, budget.tables());
    out.writeEndObject();
    out.writeObjectFieldStart("tables");
    for (Map.Entry<String, MemoryBytes> table : new TreeMap<>(budget.byTable()).entrySet()) {
      out.writeObjectFieldStart(table.getKey());
      Long ownBudget = budget.tableBudgets().get(table.getKey());
      if (ownBudget != null) {
        out.writeNumberField("budget_bytes", ownBudget);
      }
      out.writeNumberField("used_bytes", table.getValue().total());
      writeComponents(out, table.getValue());
      out.writeEndObject();
    }
    out.writeEndObject();
    OptionalLong resident = ResidentMemory.bytes();
    if (resident.isPresent()) {
      out.writeNumberField("resident_bytes", resident.getAsLong());
      point.set(Column.RESIDENT_BYTES, resident.getAsLong());
    }
    out.writeEndObject();
  }

  private static void writeComponents(JsonGenerator out, MemoryBytes bytes) throws IOException {
    for (Map.Entry<String, Long> component : bytes.byName().entrySet()) {
      out.writeNumberField(component.getKey(), component.getValue());
    }
  }

  private static void writeDisk(JsonGenerator out, DiskInfo disk) throws IOException {
    out.writeObjectFieldStart("disk");
    out.writeStringField("state", disk.state().name().toLowerCase(Locale.ROOT));
    out.writeNumberField("free_bytes", disk.freeBytes());
    out.writeNumberField("free_bytes_min", disk.freeBytesMin());
    out.writeEndObject();
  }

  private static void writeScrub(JsonGenerator out, ScrubInfo scrub) throws IOException {
    out.writeObjectFieldStart("scrub");
    out.writeNumberField("bytes_per_s", scrub.bytesPerSecond());
    out.writeNumberField("rounds", scrub.rounds());
    out.writeNumberField("bytes", scrub.bytes());
    out.writeNumberField("replaced_files", scrub.replaced());
    writeTexts(out, "damaged_files", scrub.damaged());
    out.writeBooleanField("paused", scrub.isPaused());
    out.writeEndObject();
  }

  /// The pipelines. Of all of them the history keeps the events a second, and how long the slowest
  /// pipeline took until they were searchable.
  private void writePipelines(JsonGenerator out, StatisticsHistory.Point point) throws IOException {
    List<PipelineReport> reports = pipelines.list();
    if (!reports.isEmpty()) {
      point.set(
          Column.EVENTS_PER_S, reports.stream().mapToDouble(it -> it.rates().applied()).sum());
    }
    reports.stream()
        .map(PipelineReport::latency)
        .filter(it -> it.samples() > 0)
        .mapToLong(it -> it.p99().toNanos() / 1000)
        .max()
        .ifPresent(micros -> point.set(Column.EVENT_P99_US, micros));
    out.writeArrayFieldStart("pipelines");
    for (PipelineReport report : reports) {
      out.writeStartObject();
      PipelineJson.writeSummary(report, out);
      out.writeEndObject();
    }
    out.writeEndArray();
  }

  private static void writeTexts(JsonGenerator out, String name, List<String> texts)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (String text : texts) {
      out.writeString(text);
    }
    out.writeEndArray();
  }
}
