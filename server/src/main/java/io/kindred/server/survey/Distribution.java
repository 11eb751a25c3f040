package io.kindred.server.survey;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.engine.FieldType;
import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.server.json.Json;
import io.kindred.server.json.TableJson;
import io.kindred.server.json.ValueJson;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// How the values of a table's fields and the lengths of its vectors are spread, by a sample of its
/// rows. Owned by one thread.
final class Distribution {
  private static final int METADATA_NAMES_MAX = 64;

  /// Floats of vectors that are read for a sample.
  private static final int FLOATS_MAX = 4 << 20;

  private final TableSpec spec;
  private final Map<String, FieldProfile> fields = new LinkedHashMap<>();
  private final Map<String, FieldProfile> metadata = new LinkedHashMap<>();
  private final Map<String, List<Double>> norms = new LinkedHashMap<>();
  private int sampled;

  private Distribution(TableSpec spec) {
    this.spec = spec;
    spec.fields().keySet().forEach(name -> fields.put(name, new FieldProfile()));
    spec.vectors().keySet().forEach(name -> norms.put(name, new ArrayList<>()));
  }

  /// Looks at about so many rows; at fewer where their vectors are large.
  ///
  /// @return JSON, as docs/api/rest.md has it
  static byte[] of(Table table, int sample) {
    TableSpec spec = table.spec();
    int floats = spec.vectors().values().stream().mapToInt(VectorSpec::dimension).sum();
    int count = Math.clamp(FLOATS_MAX / Math.max(1, floats), 1, sample);
    Distribution distribution = new Distribution(spec);
    for (StoredRow row : RowSample.of(table, count, Projection.ALL).rows()) {
      distribution.add(row);
    }
    long rowCount = table.info().rowCount();
    return Json.write(out -> distribution.write(rowCount, out));
  }

  private void add(StoredRow row) {
    sampled++;
    row.fields().forEach((name, value) -> profile(fields, name).add(value));
    row.metadata()
        .forEach(
            (name, value) -> {
              if (metadata.size() < METADATA_NAMES_MAX || metadata.containsKey(name)) {
                profile(metadata, name).add(value);
              }
            });
    row.vectors()
        .forEach(
            (name, vector) ->
                norms.computeIfAbsent(name, any -> new ArrayList<>()).add(norm(vector)));
  }

  private static FieldProfile profile(Map<String, FieldProfile> profiles, String name) {
    return profiles.computeIfAbsent(name, any -> new FieldProfile());
  }

  private static double norm(float[] vector) {
    double sum = 0;
    for (float component : vector) {
      sum += (double) component * component;
    }
    return Math.sqrt(sum);
  }

  private void write(long rowCount, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("table", spec.name());
    out.writeStringField("taken_at", Instant.now().toString());
    out.writeNumberField("row_count", rowCount);
    out.writeNumberField("sampled", sampled);
    out.writeObjectFieldStart("fields");
    for (Map.Entry<String, FieldProfile> field : fields.entrySet()) {
      FieldType type = spec.fields().get(field.getKey());
      out.writeObjectFieldStart(field.getKey());
      if (type != null) {
        out.writeStringField("type", TableJson.name(type));
      }
      write(field.getValue(), out);
    }
    out.writeEndObject();
    out.writeObjectFieldStart("metadata");
    for (Map.Entry<String, FieldProfile> entry : metadata.entrySet()) {
      out.writeObjectFieldStart(entry.getKey());
      write(entry.getValue(), out);
    }
    out.writeEndObject();
    out.writeObjectFieldStart("vectors");
    for (Map.Entry<String, List<Double>> vector : norms.entrySet()) {
      out.writeObjectFieldStart(vector.getKey());
      out.writeNumberField("present", vector.getValue().size());
      if (!vector.getValue().isEmpty()) {
        double[] values = vector.getValue().stream().mapToDouble(Double::doubleValue).toArray();
        write("norm", Histogram.of(values), out);
      }
      out.writeEndObject();
    }
    out.writeEndObject();
    out.writeEndObject();
  }

  private static void write(FieldProfile profile, JsonGenerator out) throws IOException {
    out.writeNumberField("present", profile.present());
    out.writeNumberField("distinct", profile.distinct());
    out.writeArrayFieldStart("top");
    for (FieldProfile.Counted counted : profile.top()) {
      out.writeStartObject();
      out.writeFieldName("value");
      ValueJson.write(counted.value(), out);
      out.writeNumberField("count", counted.count());
      out.writeEndObject();
    }
    out.writeEndArray();
    if (profile.isNumeric()) {
      write("histogram", profile.histogram(), out);
    }
    out.writeEndObject();
  }

  private static void write(String name, Histogram histogram, JsonGenerator out)
      throws IOException {
    out.writeObjectFieldStart(name);
    out.writeNumberField("min", histogram.min());
    out.writeNumberField("max", histogram.max());
    out.writeNumberField("mean", histogram.mean());
    out.writeNumberField("p5", histogram.p5());
    out.writeNumberField("p50", histogram.p50());
    out.writeNumberField("p95", histogram.p95());
    out.writeArrayFieldStart("counts");
    for (int count : histogram.counts()) {
      out.writeNumber(count);
    }
    out.writeEndArray();
    out.writeEndObject();
  }
}
