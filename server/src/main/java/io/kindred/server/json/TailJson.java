package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.server.events.Event;
import io.kindred.server.logs.LogLine;
import io.kindred.server.stream.Tail;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Map;

/// Batches of a live tail in JSON, each in one line.
public final class TailJson {
  private TailJson() {}

  /// Writes one item.
  private interface Item<T> {
    void write(T item, JsonGenerator out) throws IOException;
  }

  public static String events(Tail.Batch<Event> batch) {
    return batch("events", batch, TailJson::write);
  }

  public static String lines(Tail.Batch<LogLine> batch) {
    return batch("lines", batch, TailJson::write);
  }

  private static <T> String batch(String name, Tail.Batch<T> batch, Item<T> item) {
    byte[] json =
        Json.write(
            out -> {
              out.writeStartObject();
              writeItems(name, batch.items(), item, out);
              out.writeNumberField("skipped", batch.skipped());
              out.writeEndObject();
            });
    return new String(json, StandardCharsets.UTF_8);
  }

  private static <T> void writeItems(String name, List<T> items, Item<T> item, JsonGenerator out)
      throws IOException {
    out.writeArrayFieldStart(name);
    for (T one : items) {
      item.write(one, out);
    }
    out.writeEndArray();
  }

  private static void write(Event event, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("time", Instant.ofEpochMilli(event.timeMillis()).toString());
    out.writeStringField("kind", event.kind());
    out.writeStringField("table", event.table());
    out.writeArrayFieldStart("ids");
    for (String id : event.ids()) {
      out.writeString(id);
    }
    out.writeEndArray();
    out.writeNumberField("rows", event.rows());
    if (event.path() != null) {
      out.writeStringField("path", event.path());
    }
    if (event.pipeline() != null) {
      out.writeStringField("pipeline", event.pipeline());
    }
    if (event.tookMicros() >= 0) {
      out.writeNumberField("took_us", event.tookMicros());
    }
    out.writeEndObject();
  }

  private static void write(LogLine line, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("time", Instant.ofEpochMilli(line.timeMillis()).toString());
    out.writeStringField("level", TableJson.name(line.level()));
    out.writeStringField("logger", line.logger());
    out.writeStringField("thread", line.thread());
    out.writeStringField("message", line.message());
    out.writeObjectFieldStart("fields");
    for (Map.Entry<String, String> field : line.fields().entrySet()) {
      out.writeStringField(field.getKey(), field.getValue());
    }
    out.writeEndObject();
    if (line.error() != null) {
      out.writeStringField("error", line.error());
    }
    out.writeEndObject();
  }
}
