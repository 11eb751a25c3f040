package io.kindred.stream.config;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.engine.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.util.Map;

/// Values written as JSON. Stateless.
final class JsonText {
  private static final JsonFactory JSON = new JsonFactory();

  private JsonText() {}

  static String of(Value value) {
    StringWriter text = new StringWriter();
    try (JsonGenerator out = JSON.createGenerator(text)) {
      write(value, out);
    } catch (IOException e) {
      throw new AssertionError("a writer to memory fails", e);
    }
    return text.toString();
  }

  private static void write(Value value, JsonGenerator out) throws IOException {
    switch (value) {
      case Value.Null _ -> out.writeNull();
      case Value.Bool(boolean it) -> out.writeBoolean(it);
      case Value.Int64(long it) -> out.writeNumber(it);
      case Value.Float64(double it) -> out.writeNumber(it);
      case Value.Text(String it) -> out.writeString(it);
      case Value.Timestamp(long micros) -> out.writeNumber(micros / 1000);
      case Value.Array(java.util.List<Value> items) -> {
        out.writeStartArray();
        for (Value item : items) {
          write(item, out);
        }
        out.writeEndArray();
      }
      case Value.Entries(Map<String, Value> values) -> {
        out.writeStartObject();
        for (Map.Entry<String, Value> entry : values.entrySet()) {
          out.writeFieldName(entry.getKey());
          write(entry.getValue(), out);
        }
        out.writeEndObject();
      }
    }
  }
}
