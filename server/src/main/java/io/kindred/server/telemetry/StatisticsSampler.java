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
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns counters into rates: each sample tells what happened since the one before. Owned by one
/// thread at a time.
final class StatisticsSampler {
  private static final Logger LOG = LoggerFactory.getLogger(StatisticsSampler.class);
  private static final JsonFactory JSON = new JsonFactory();
  private static final Path MEMORY = Path.of("/proc/self/status");
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

  private final Store store;
  private final EventPipelines pipelines;
  private final Telemetry telemetry;
  private final Map<Operation, long[]> latencies = new EnumMap<>(Operation.class);
  private Map<String, TableTraffic.Counts> traffic = new HashMap<>();
  private long errors;
  private long takenNanos = System.nanoTime();

  StatisticsSampler(Store store, EventPipelines pipelines, Telemetry telemetry) {
    this.store = store;
    this.pipelines = pipelines;
    this.telemetry = telemetry;
    for (Operation operation : WITH_LATENCY) {
      latencies.put(operation, telemetry.latency(operation).counts());
    }
  }

  /// What happened since the last call, as a JSON object.
  String sample() {
    long now = System.nanoTime();
    double seconds = Math.max((now - takenNanos) / 1e9, 1e-3);
    takenNanos = now;
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      out.writeStartObject();
      out.writeStringField("time", Instant.now().toString());
      out.writeNumberField("uptime_s", ManagementFactory.getRuntimeMXBean().getUptime() / 1000);
      writeTables(out, seconds);
      writeErrors(out, seconds);
      writeLatencies(out, seconds);
      StoreInfo info = store.info();
      StoreHealth health = store.health();
      writeLog(out, info);
      writeMemory(out, info, health.memory());
      writeDisk(out, health.disk());
      writeScrub(out, health.scrub());
      writePipelines(out);
      writeTexts(out, "problems", health.problems());
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /// The tables, and before them the rates of all together.
  private void writeTables(JsonGenerator out, double seconds) throws IOException {
    List<TableInfo> tables = StoreCollector.tables(store);
    Map<String, TableTraffic.Counts> before = traffic;
    Map<String, TableTraffic.Counts> after = new HashMap<>();
    Map<String, TableTraffic.Counts> between = new HashMap<>();
    TableTraffic.Counts total = TableTraffic.Counts.NONE;
    for (TableInfo table : tables) {
      String name = table.spec().name();
      TableTraffic.Counts counts = telemetry.traffic(name).counts();
      TableTraffic.Counts change =
          counts.since(before.getOrDefault(name, TableTraffic.Counts.NONE));
      after.put(name, counts);
      between.put(name, change);
      total = total.plus(change);
    }
    traffic = after;
    writeRates(out, total, seconds);
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
      out.writeEndObject();
    }
    out.writeEndArray();
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

  private void writeErrors(JsonGenerator out, double seconds) throws IOException {
    long count = telemetry.errors();
    out.writeNumberField("errors_per_s", rate(count - errors, seconds));
    errors = count;
  }

  private void writeLatencies(JsonGenerator out, double seconds) throws IOException {
    out.writeObjectFieldStart("operations");
    for (Operation operation : WITH_LATENCY) {
      long[] after = telemetry.latency(operation).counts();
      long[] change = LatencyHistogram.difference(after, latencies.getOrDefault(operation, after));
      latencies.put(operation, after);
      long calls = 0;
      for (long count : change) {
        calls += count;
      }
      out.writeObjectFieldStart(operation.label());
      out.writeNumberField("calls_per_s", rate(calls, seconds));
      out.writeNumberField("p50_us", LatencyHistogram.quantile(change, 0.5) / 1000);
      out.writeNumberField("p99_us", LatencyHistogram.quantile(change, 0.99) / 1000);
      out.writeEndObject();
    }
    out.writeEndObject();
  }

  private static void writeLog(JsonGenerator out, StoreInfo info) throws IOException {
    out.writeObjectFieldStart("log");
    out.writeNumberField("committed_position", info.committedPosition());
    out.writeNumberField("applied_position", info.appliedPosition());
    out.writeNumberField("lag", info.committedPosition() - info.appliedPosition());
    out.writeNumberField("bytes", info.logBytes());
    out.writeEndObject();
  }

  private static void writeMemory(JsonGenerator out, StoreInfo info, MemoryInfo memory)
      throws IOException {
    Runtime runtime = Runtime.getRuntime();
    out.writeObjectFieldStart("memory");
    out.writeNumberField("heap_used_bytes", runtime.totalMemory() - runtime.freeMemory());
    out.writeNumberField("heap_max_bytes", runtime.maxMemory());
    out.writeNumberField("delta_bytes", info.memoryBytes());
    out.writeNumberField("budget_bytes", memory.budgetBytes());
    out.writeNumberField("used_bytes", memory.usedBytes());
    out.writeObjectFieldStart("components");
    out.writeNumberField("log", memory.logBytes());
    out.writeNumberField("builds", memory.buildBytes());
    writeComponents(out, memory.tables());
    out.writeEndObject();
    out.writeObjectFieldStart("tables");
    for (Map.Entry<String, MemoryBytes> table : new TreeMap<>(memory.byTable()).entrySet()) {
      out.writeObjectFieldStart(table.getKey());
      Long budget = memory.tableBudgets().get(table.getKey());
      if (budget != null) {
        out.writeNumberField("budget_bytes", budget);
      }
      out.writeNumberField("used_bytes", table.getValue().total());
      writeComponents(out, table.getValue());
      out.writeEndObject();
    }
    out.writeEndObject();
    long resident = residentBytes();
    if (resident >= 0) {
      out.writeNumberField("resident_bytes", resident);
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
    out.writeEndObject();
  }

  private void writePipelines(JsonGenerator out) throws IOException {
    out.writeArrayFieldStart("pipelines");
    for (PipelineReport report : pipelines.list()) {
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

  /// Resident memory as Linux counts it, or -1 elsewhere.
  private static long residentBytes() {
    if (!Files.isReadable(MEMORY)) {
      return -1;
    }
    try {
      for (String line : Files.readAllLines(MEMORY)) {
        if (line.startsWith("VmRSS:")) {
          String kibibytes = line.substring("VmRSS:".length(), line.length() - " kB".length());
          return Long.parseLong(kibibytes.strip()) * 1024;
        }
      }
    } catch (IOException | NumberFormatException e) {
      LOG.debug("resident memory is not known", e);
    }
    return -1;
  }
}
