package io.kindred.app.terminal;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kindred.app.terminal.Terminal.Style;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Quantization;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.shard.ShardFiles;
import io.kindred.engine.store.StoreReport;
import io.kindred.engine.store.StoreReport.LogReport;
import io.kindred.engine.store.StoreReport.TableReport;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// What the files of a store hold, as text for people and as JSON for programs.
public final class StoreReportText {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Pattern RECALL = Pattern.compile("recall_at_(\\d+)_ef_(\\d+)");

  private StoreReportText() {}

  public static void print(StoreReport report, Terminal out) {
    LogReport log = report.log();
    out.println(out.bold(report.directory().toString()));
    line(out, "disk", Figures.bytes(report.freeBytes()) + " free");
    line(out, "log", "id %016x, %s".formatted(log.id(), Figures.bytes(log.bytes())));
    line(
        out,
        "",
        "records %s to %s, needed from %s on"
            .formatted(
                Figures.count(log.firstPosition()),
                Figures.count(log.lastPosition()),
                Figures.count(log.start())));
    if (log.tornBytes() > 0) {
      line(
          out,
          "",
          "torn end of %s, which the next start cuts".formatted(Figures.bytes(log.tornBytes())));
    }
    for (TableReport table : report.tables()) {
      out.println();
      print(table, out);
    }
    if (!report.leftovers().isEmpty()) {
      out.println();
      line(
          out,
          "leftovers",
          Figures.count(report.leftovers().size(), "file") + ", which the next start deletes");
      report.leftovers().forEach(file -> line(out, "", file.toString()));
    }
  }

  private static void print(TableReport table, Terminal out) {
    TableSpec spec = table.spec();
    out.println(out.bold("table " + spec.name()));
    line(
        out,
        "holds",
        "%s, %s".formatted(Figures.count(table.rows(), "row"), Figures.bytes(table.bytes())));
    line(
        out,
        "made",
        "%s, id %d, revision %d, live version v%d"
            .formatted(table.createdAt(), table.id(), table.revision(), table.version()));
    line(out, "key", lower(spec.key()) + ", writes " + lower(spec.durability()));
    spec.vectors().forEach((name, vector) -> line(out, "vector", name + ": " + text(vector)));
    if (!spec.fields().isEmpty()) {
      line(
          out,
          "fields",
          spec.fields().entrySet().stream()
              .map(field -> field.getKey() + " " + lower(field.getValue()))
              .collect(Collectors.joining(", ")));
    }
    if (spec.memoryBytes() != 0) {
      line(out, "memory", "at most " + Figures.bytes(spec.memoryBytes()));
    }
    for (int number = 0; number < table.shards().size(); number++) {
      print(table.shards().get(number), number, out);
    }
  }

  private static void print(ShardFiles.Contents shard, int number, Terminal out) {
    line(
        out,
        "shard " + number,
        "%s in base, %s in delta, %s dead; applied to %s"
            .formatted(
                Figures.count(shard.baseRows(), "row"),
                Figures.count(shard.deltaRows()),
                Figures.count(shard.dead()),
                Figures.count(shard.appliedPosition())));
    if (!shard.bytes().isEmpty()) {
      line(
          out,
          "",
          new TreeMap<>(shard.bytes())
              .entrySet().stream()
                  .map(part -> part.getKey() + " " + Figures.bytes(part.getValue()))
                  .collect(Collectors.joining(", ")));
    }
    if (shard.memory().total() + shard.memory().mapped() > 0) {
      line(
          out,
          "",
          "memory once open: "
              + shard.memory().byName().entrySet().stream()
                  .filter(kind -> kind.getValue() > 0)
                  .map(kind -> kind.getKey() + " " + Figures.bytes(kind.getValue()))
                  .collect(Collectors.joining(", ")));
    }
    shard
        .indexParameters()
        .forEach(
            (field, parameters) -> {
              if (!parameters.isEmpty()) {
                line(out, "", "index of " + field + ": " + text(parameters));
                recalls(parameters).forEach((k, text) -> line(out, "", "  recall at " + k + text));
              }
            });
  }

  private static String text(Map<String, String> parameters) {
    return new TreeMap<>(parameters)
        .entrySet().stream()
            .filter(parameter -> !RECALL.matcher(parameter.getKey()).matches())
            .map(parameter -> parameter.getKey() + " " + parameter.getValue())
            .collect(Collectors.joining(", "));
  }

  /// The recall that was measured for each beam width, by k.
  private static Map<Integer, String> recalls(Map<String, String> parameters) {
    Map<Integer, Map<Integer, String>> byK = new TreeMap<>();
    parameters.forEach(
        (name, value) -> {
          Matcher matcher = RECALL.matcher(name);
          if (matcher.matches()) {
            byK.computeIfAbsent(Integer.valueOf(matcher.group(1)), _ -> new TreeMap<>())
                .put(Integer.valueOf(matcher.group(2)), value);
          }
        });
    Map<Integer, String> lines = new TreeMap<>();
    byK.forEach(
        (k, byWidth) ->
            lines.put(
                k,
                byWidth.entrySet().stream()
                    .map(entry -> entry.getKey() + ": " + entry.getValue())
                    .collect(Collectors.joining(", ", " by ef  ", ""))));
    return lines;
  }

  private static String text(VectorSpec vector) {
    String index =
        switch (vector.index()) {
          case IndexSpec.Flat _ -> "flat";
          case IndexSpec.Hnsw(int m, int efConstruction, Quantization quantization) ->
              "hnsw with m %d, ef_construction %d, %s"
                  .formatted(m, efConstruction, quantization.label());
          case IndexSpec.IvfFlat(int lists) -> "ivf_flat with " + lists(lists);
          case IndexSpec.IvfPq(int lists, int subspaces) ->
              "ivf_pq with " + lists(lists) + ", " + subspaces(subspaces);
          case IndexSpec.IvfHnswPq(int lists, int subspaces, IndexSpec.Hnsw graph) ->
              "ivf_hnsw_pq with %s, %s, m %d, ef_construction %d"
                  .formatted(lists(lists), subspaces(subspaces), graph.m(), graph.efConstruction());
        };
    return "%d x float32, %s, %s".formatted(vector.dimension(), lower(vector.metric()), index);
  }

  private static String lists(int lists) {
    return lists == 0 ? "lists by the rows" : lists + " lists";
  }

  private static String subspaces(int subspaces) {
    return subspaces == 0 ? "subspaces by the dimension" : subspaces + " subspaces";
  }

  private static String lower(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  private static void line(Terminal out, String name, String value) {
    out.println("  " + out.styled(Style.CYAN, "%-10s".formatted(name)) + value);
  }

  /// One JSON object on one line.
  public static String json(StoreReport report) {
    ObjectNode root = JSON.createObjectNode();
    root.put("directory", report.directory().toString());
    root.put("free_bytes", report.freeBytes());
    LogReport log = report.log();
    root.putObject("log")
        .put("id", "%016x".formatted(log.id()))
        .put("start", log.start())
        .put("first_position", log.firstPosition())
        .put("last_position", log.lastPosition())
        .put("bytes", log.bytes())
        .put("torn_bytes", log.tornBytes());
    var tables = root.putArray("tables");
    for (TableReport table : report.tables()) {
      json(table, tables.addObject());
    }
    var leftovers = root.putArray("leftovers");
    report.leftovers().forEach(file -> leftovers.add(file.toString()));
    try {
      return JSON.writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void json(TableReport table, ObjectNode node) {
    TableSpec spec = table.spec();
    node.put("name", spec.name())
        .put("id", table.id())
        .put("revision", table.revision())
        .put("created_at", table.createdAt().toString())
        .put("version", "v" + table.version())
        .put("key", lower(spec.key()))
        .put("row_count", table.rows())
        .put("bytes", table.bytes());
    if (spec.memoryBytes() != 0) {
      node.put("memory_bytes", spec.memoryBytes());
    }
    ObjectNode vectors = node.putObject("vectors");
    spec.vectors()
        .forEach(
            (name, vector) ->
                vectors
                    .putObject(name)
                    .put("dimension", vector.dimension())
                    .put("metric", lower(vector.metric()))
                    .put("index", lower(vector.index())));
    ObjectNode fields = node.putObject("fields");
    spec.fields().forEach((name, type) -> fields.put(name, lower(type)));
    var shards = node.putArray("shards");
    for (ShardFiles.Contents shard : table.shards()) {
      ObjectNode one =
          shards
              .addObject()
              .put("row_count", shard.rows())
              .put("dead", shard.dead())
              .put("base_rows", shard.baseRows())
              .put("delta_rows", shard.deltaRows())
              .put("applied_position", shard.appliedPosition());
      ObjectNode bytes = one.putObject("bytes");
      shard.bytes().forEach(bytes::put);
      shard.memory().byName().forEach(one.putObject("memory")::put);
      ObjectNode indexes = one.putObject("indexes");
      shard
          .indexParameters()
          .forEach((field, parameters) -> parameters.forEach(indexes.putObject(field)::put));
    }
  }

  private static String lower(IndexSpec index) {
    return switch (index) {
      case IndexSpec.Flat _ -> "flat";
      case IndexSpec.Hnsw _ -> "hnsw";
      case IndexSpec.IvfFlat _ -> "ivf_flat";
      case IndexSpec.IvfPq _ -> "ivf_pq";
      case IndexSpec.IvfHnswPq _ -> "ivf_hnsw_pq";
    };
  }
}
