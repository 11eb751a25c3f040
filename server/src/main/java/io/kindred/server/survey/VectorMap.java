package io.kindred.server.survey;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.server.json.Json;
import io.kindred.server.json.TableJson;
import io.kindred.server.json.ValueJson;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// A table's vectors on a plane, by a sample of its rows: placed by their principal axes, and so
/// that neighbours stay together. Each layout says how far it can be trusted. Owned by one thread.
final class VectorMap {
  /// Neighbours that pull at each other.
  private static final int NEIGHBOURS = 15;

  /// Neighbours by which a layout is judged.
  private static final int TRUSTED = 10;

  /// Floats of vectors that are read for a sample.
  private static final int FLOATS_MAX = 8 << 20;

  private static final float REACH = 1;

  private final Surveys.MapRequest request;
  private final VectorSpec spec;
  private final long rowCount;
  private final long startedNanos = System.nanoTime();
  private final List<StoredRow> rows = new ArrayList<>();
  private final List<float[]> vectors = new ArrayList<>();

  /// One way to place the rows.
  ///
  /// @param explainedVariance of the principal axes alone, else null
  private record Layout(
      String name,
      String method,
      Plane plane,
      @Nullable Double explainedVariance,
      double trustworthiness) {}

  private VectorMap(Surveys.MapRequest request, VectorSpec spec, long rowCount) {
    this.request = request;
    this.spec = spec;
    this.rowCount = rowCount;
  }

  /// @param spec of the field
  /// @return JSON, as docs/api/rest.md has it
  static byte[] of(Table table, Surveys.MapRequest request, VectorSpec spec) {
    VectorMap map = new VectorMap(request, spec, table.info().rowCount());
    int sample = Math.clamp(FLOATS_MAX / spec.dimension(), 1, request.sample());
    for (StoredRow row : RowSample.of(table, sample, Projection.ALL).rows()) {
      float[] vector = row.vectors().get(request.field());
      if (vector != null) {
        map.rows.add(row);
        map.vectors.add(vector);
      }
    }
    List<Layout> layouts = map.layouts();
    return Json.write(out -> map.write(layouts, out));
  }

  private List<Layout> layouts() {
    if (rows.isEmpty()) {
      return List.of();
    }
    SampledVectors sampled = new SampledVectors(spec.metric(), vectors);
    Nearest near = Nearest.find(sampled.count(), NEIGHBOURS, sampled::distances);
    PrincipalAxes axes = PrincipalAxes.of(sampled);
    Plane placed = NeighbourLayout.of(near, axes.plane());
    return List.of(
        new Layout(
            "neighbours",
            "neighbours pulled together, from principal axes (as UMAP does)",
            placed,
            null,
            Trustworthiness.of(sampled, near, placed, TRUSTED)),
        new Layout(
            "principal_axes",
            "principal component analysis",
            axes.plane(),
            axes.explainedVariance(),
            Trustworthiness.of(sampled, near, axes.plane(), TRUSTED)));
  }

  private void write(List<Layout> layouts, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("field", request.field());
    out.writeStringField("metric", TableJson.name(spec.metric()));
    out.writeNumberField("dimension", spec.dimension());
    out.writeStringField("taken_at", Instant.now().toString());
    out.writeNumberField("row_count", rowCount);
    out.writeNumberField("sampled", rows.size());
    out.writeArrayFieldStart("layouts");
    for (Layout layout : layouts) {
      out.writeStartObject();
      out.writeStringField("name", layout.name());
      out.writeStringField("method", layout.method());
      if (layout.explainedVariance() != null) {
        out.writeNumberField("explained_variance", rounded(layout.explainedVariance()));
      }
      out.writeNumberField("trustworthiness_at_10", rounded(layout.trustworthiness()));
      out.writeEndObject();
    }
    out.writeEndArray();
    layouts.forEach(layout -> layout.plane().fit(REACH));
    out.writeArrayFieldStart("points");
    for (int i = 0; i < rows.size(); i++) {
      writePoint(i, layouts, out);
    }
    out.writeEndArray();
    out.writeNumberField(
        "took_ms", TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
    out.writeEndObject();
  }

  /// A point has a place in each layout: `[x0, y0, x1, y1]`.
  private void writePoint(int i, List<Layout> layouts, JsonGenerator out) throws IOException {
    StoredRow row = rows.get(i);
    out.writeStartObject();
    out.writeStringField("id", row.key().toString());
    String colour = request.colour();
    if (colour != null) {
      Value value = row.fields().get(colour);
      if (value == null) {
        value = row.metadata().get(colour);
      }
      out.writeFieldName("color");
      ValueJson.write(value == null ? Value.Null.NULL : value, out);
    }
    out.writeArrayFieldStart("at");
    for (Layout layout : layouts) {
      out.writeNumber(rounded(layout.plane().x[i]));
      out.writeNumber(rounded(layout.plane().y[i]));
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  private static double rounded(double value) {
    return Math.round(value * 1e4) / 1e4;
  }
}
