package io.kindred.bench.search;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kindred.bench.report.BadInputException;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.server.json.TableJson;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/// Which index is measured, with its parameters, which mean what they mean in the REST request for
/// a new table. Owned by one thread.
public final class IndexOptions {
  private static final List<String> KINDS =
      List.of("flat", "hnsw", "ivf_flat", "ivf_pq", "ivf_hnsw_pq");
  private static final List<Integer> EF_SWEEP =
      List.of(10, 16, 24, 32, 40, 48, 64, 80, 96, 128, 160, 200, 300, 400);
  private static final List<Integer> PROBE_SWEEP = List.of(1, 2, 4, 8, 16, 32, 64, 128, 256);
  private static final Pattern INTEGER = Pattern.compile("-?\\d{1,18}");
  private static final String PLACE = "vectors." + SearchTable.FIELD + ".";

  @Option(
      names = "--index",
      paramLabel = "KIND",
      description = "flat, hnsw, ivf_flat, ivf_pq or ivf_hnsw_pq. Default: hnsw.")
  private String kind = "hnsw";

  @Option(
      names = "--param",
      paramLabel = "NAME=VALUE",
      description = "A parameter of the index as in a request for a new table, such as m=24.")
  private Map<String, String> parameters = new LinkedHashMap<>();

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "Threads that build the index. Default: all cores.")
  private int threads = Runtime.getRuntime().availableProcessors();

  /// Kind and parameters, such as `kindred-hnsw` or `kindred-hnsw m=24`.
  String engine() {
    StringBuilder name = new StringBuilder("kindred-").append(kind);
    parameters.forEach((parameter, value) -> name.append(' ').append(parameter + "=" + value));
    return name.toString();
  }

  boolean isFlat() {
    return kind.equals("flat");
  }

  /// What a search names its breadth: `ef` in a graph, `nprobe` in lists.
  String knob() {
    return kind.startsWith("ivf") ? "nprobe" : "ef";
  }

  /// Breadths over which recall goes from poor to nearly 1.
  List<Integer> sweep() {
    return knob().equals("ef") ? EF_SWEEP : PROBE_SWEEP;
  }

  int threads() {
    if (threads < 1 || threads > 1_024) {
      throw new BadInputException("--threads", threads, "1 to 1024");
    }
    return threads;
  }

  /// The vector field that the parameters describe, read by the server's own reader.
  ///
  /// @throws BadInputException where a parameter is unknown or out of range
  VectorSpec vector(int dimension, Metric metric) {
    if (!KINDS.contains(kind)) {
      throw new BadInputException("--index", kind, "one of " + String.join(", ", KINDS));
    }
    try {
      TableSpec table = TableJson.parse(json(dimension, metric));
      return java.util.Objects.requireNonNull(table.vectors().get(SearchTable.FIELD));
    } catch (KindredException e) {
      throw new BadInputException(named(String.valueOf(e.getMessage())));
    }
  }

  /// The message with the flag's name for the place in the request.
  private static String named(String message) {
    String local = message.startsWith(PLACE) ? message.substring(PLACE.length()) : message;
    if (local.startsWith("index.kind")) {
      return "--index" + local.substring("index.kind".length());
    }
    if (local.startsWith("index.")) {
      return "--param " + local.substring("index.".length());
    }
    return local.startsWith("index") ? "--param" + local.substring("index".length()) : local;
  }

  private byte[] json(int dimension, Metric metric) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator out = new ObjectMapper().createGenerator(bytes)) {
      out.writeStartObject();
      out.writeStringField("name", SearchTable.NAME);
      out.writeObjectFieldStart("vectors");
      out.writeObjectFieldStart(SearchTable.FIELD);
      out.writeNumberField("dimension", dimension);
      out.writeStringField("metric", TableJson.name(metric));
      out.writeObjectFieldStart("index");
      out.writeStringField("kind", kind);
      for (Map.Entry<String, String> parameter : parameters.entrySet()) {
        out.writeFieldName(parameter.getKey());
        writeValue(out, parameter.getValue());
      }
      out.writeEndObject();
      out.writeEndObject();
      out.writeEndObject();
      out.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /// A number or truth value where it looks like one, else text.
  private static void writeValue(JsonGenerator out, String value) throws IOException {
    if (INTEGER.matcher(value).matches()) {
      out.writeNumber(Long.parseLong(value));
    } else if (value.equals("true") || value.equals("false")) {
      out.writeBoolean(value.equals("true"));
    } else {
      out.writeString(value);
    }
  }
}
