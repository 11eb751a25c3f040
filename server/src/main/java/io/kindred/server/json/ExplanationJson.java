package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.engine.Explanation;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// How a search found its matches, in JSON.
final class ExplanationJson {
  private static final int NANOS_PER_MICRO = 1_000;

  private ExplanationJson() {}

  static void write(Explanation explanation, JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("explain");
    out.writeArrayFieldStart("parts");
    for (Explanation.Part part : explanation.parts()) {
      write(part, out);
    }
    out.writeEndArray();
    out.writeNumberField("check_us", micros(explanation.checkNanos()));
    out.writeNumberField("search_us", micros(explanation.searchNanos()));
    out.writeNumberField("merge_us", micros(explanation.mergeNanos()));
    out.writeEndObject();
  }

  private static void write(Explanation.Part part, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeNumberField("shard", part.shard());
    out.writeStringField("part", part.part());
    out.writeStringField("path", part.path());
    out.writeStringField("reason", part.reason());
    out.writeNumberField("rows", part.rows());
    out.writeNumberField("candidates", part.candidates());
    writeIfKnown("passing_estimated", part.passingEstimated(), out);
    writeIfKnown("passing", part.passing(), out);
    out.writeNumberField("visited", part.visited());
    Explanation.Breadth breadth = part.breadth();
    if (breadth != null) {
      out.writeNumberField("breadth", breadth.value());
      out.writeStringField("breadth_from", breadth.from());
    }
    Explanation.FilterWork filter = part.filter();
    if (filter != null) {
      out.writeStringField("filter", filter.state());
      out.writeNumberField("filter_making_us", micros(filter.makingNanos()));
    }
    out.writeArrayFieldStart("rungs");
    for (Explanation.Rung rung : part.rungs()) {
      out.writeStartObject();
      out.writeStringField("path", rung.path());
      out.writeNumberField("expected_us", (double) rung.expectedNanos() / NANOS_PER_MICRO);
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeArrayFieldStart("fallbacks");
    for (String fallback : part.fallbacks()) {
      out.writeString(fallback);
    }
    out.writeEndArray();
    out.writeNumberField("choosing_us", micros(part.choosingNanos()));
    out.writeNumberField("search_us", micros(part.searchNanos()));
    out.writeEndObject();
  }

  private static void writeIfKnown(String name, @Nullable Long value, JsonGenerator out)
      throws IOException {
    if (value != null) {
      out.writeNumberField(name, value);
    }
  }

  private static long micros(long nanos) {
    return nanos / NANOS_PER_MICRO;
  }
}
