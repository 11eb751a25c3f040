package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import io.kindred.engine.filter.Filter;
import io.kindred.engine.filter.FilterParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Values in JSON. Integers are exact 64-bit integers, other numbers are doubles; an integer beyond
/// 64 bits is an error and not an approximation.
public final class ValueJson {
  private ValueJson() {}

  /// Reads a text that holds a metadata object.
  public static Map<String, Value> parseEntries(byte[] text, String what) {
    return Json.read(text, in -> readEntries(in, what));
  }

  /// Reads a text that holds a filter.
  public static Filter parseFilter(byte[] text) {
    return Json.read(text, ValueJson::readFilter);
  }

  /// A filter may nest deeper than a value; its parser has limits of its own.
  static Filter readFilter(JsonParser in) throws IOException {
    return FilterParser.parse(read(in, "filter", -Limits.VALUE_DEPTH_MAX));
  }

  static Value read(JsonParser in, String what) throws IOException {
    return read(in, what, 1);
  }

  /// The entries of an object, in their order.
  static Map<String, Value> readEntries(JsonParser in, String what) throws IOException {
    Members.require(in, what, JsonToken.START_OBJECT, "an object");
    return entries(in, what, 1);
  }

  private static Value read(JsonParser in, String what, int depth) throws IOException {
    if (depth > Limits.VALUE_DEPTH_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          what,
          "nested deeper than " + Limits.VALUE_DEPTH_MAX,
          "at most " + Limits.VALUE_DEPTH_MAX + " levels");
    }
    return switch (in.currentToken()) {
      case VALUE_NULL -> Value.Null.NULL;
      case VALUE_TRUE -> Value.of(true);
      case VALUE_FALSE -> Value.of(false);
      case VALUE_STRING -> Value.of(in.getText());
      case VALUE_NUMBER_INT -> Value.of(Members.longInteger(in, what));
      case VALUE_NUMBER_FLOAT -> Value.of(Members.number(in, what));
      case START_ARRAY -> new Value.Array(items(in, what, depth));
      case START_OBJECT -> new Value.Entries(entries(in, what, depth));
      default -> throw Members.wrong(in, what, "a value");
    };
  }

  private static List<Value> items(JsonParser in, String what, int depth) throws IOException {
    List<Value> items = new ArrayList<>();
    while (in.nextToken() != JsonToken.END_ARRAY) {
      items.add(read(in, what, depth + 1));
    }
    return items;
  }

  private static Map<String, Value> entries(JsonParser in, String what, int depth)
      throws IOException {
    Map<String, Value> entries = new LinkedHashMap<>();
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      entries.put(name, read(in, what, depth + 1));
    }
    return entries;
  }

  public static void write(Value value, JsonGenerator out) throws IOException {
    switch (value) {
      case Value.Null nothing -> out.writeNull();
      case Value.Bool(boolean bool) -> out.writeBoolean(bool);
      case Value.Int64(long number) -> out.writeNumber(number);
      case Value.Float64(double number) -> out.writeNumber(number);
      case Value.Text(String text) -> out.writeString(text);
      case Value.Timestamp(long epochMicros) -> out.writeString(Timestamps.text(epochMicros));
      case Value.Array(List<Value> items) -> {
        out.writeStartArray();
        for (Value item : items) {
          write(item, out);
        }
        out.writeEndArray();
      }
      case Value.Entries(Map<String, Value> values) -> writeEntries(values, out);
    }
  }

  public static void writeEntries(Map<String, Value> entries, JsonGenerator out)
      throws IOException {
    out.writeStartObject();
    for (Map.Entry<String, Value> entry : entries.entrySet()) {
      out.writeFieldName(entry.getKey());
      write(entry.getValue(), out);
    }
    out.writeEndObject();
  }
}
