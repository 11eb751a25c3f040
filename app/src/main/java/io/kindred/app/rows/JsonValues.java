package io.kindred.app.rows;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadFeature;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// JSON to values and vectors, and back.
public final class JsonValues {
  /// Thread-safe.
  static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .build();

  private JsonValues() {}

  /// Reads a JSON object.
  ///
  /// @throws IllegalArgumentException where the text is none
  public static Map<String, Value> entries(String text) {
    try (JsonParser parser = FACTORY.createParser(text)) {
      parser.nextToken();
      return readEntries(parser);
    } catch (MalformedRowException | IOException e) {
      throw new IllegalArgumentException("no JSON object: " + e.getMessage(), e);
    }
  }

  /// Writes a JSON object.
  public static String text(Map<String, Value> entries) {
    StringWriter text = new StringWriter();
    try (JsonGenerator generator = FACTORY.createGenerator(text)) {
      writeEntries(generator, entries);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return text.toString();
  }

  /// Reads the value at the parser's current token.
  static Value read(JsonParser parser) throws IOException, MalformedRowException {
    return read(parser, 0);
  }

  private static Value read(JsonParser parser, int depth)
      throws IOException, MalformedRowException {
    if (depth > Limits.VALUE_DEPTH_MAX) {
      throw new MalformedRowException(
          "value nested deeper than " + Limits.VALUE_DEPTH_MAX + " levels");
    }
    JsonToken token = parser.currentToken();
    return switch (token) {
      case VALUE_NULL -> Value.Null.NULL;
      case VALUE_TRUE -> Value.of(true);
      case VALUE_FALSE -> Value.of(false);
      case VALUE_STRING -> Value.of(parser.getText());
      case VALUE_NUMBER_INT -> integer(parser);
      case VALUE_NUMBER_FLOAT -> Value.of(parser.getDoubleValue());
      case START_ARRAY -> {
        List<Value> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
          items.add(read(parser, depth + 1));
        }
        yield new Value.Array(items);
      }
      case START_OBJECT -> new Value.Entries(entries(parser, depth));
      default -> throw new MalformedRowException("unexpected " + token + " (expected: a value)");
    };
  }

  private static Value integer(JsonParser parser) throws IOException, MalformedRowException {
    JsonParser.NumberType type = parser.getNumberType();
    if (type == JsonParser.NumberType.BIG_INTEGER) {
      throw MalformedRowException.of(
          String.valueOf(parser.currentName()), parser.getText(), "a 64-bit integer");
    }
    return Value.of(parser.getLongValue());
  }

  /// Reads the entries of the object at the parser's current token.
  static Map<String, Value> readEntries(JsonParser parser)
      throws IOException, MalformedRowException {
    requireObject(parser);
    return entries(parser, 0);
  }

  private static Map<String, Value> entries(JsonParser parser, int depth)
      throws IOException, MalformedRowException {
    Map<String, Value> entries = new LinkedHashMap<>();
    while (parser.nextToken() != JsonToken.END_OBJECT) {
      String name = parser.currentName();
      parser.nextToken();
      entries.put(name, read(parser, depth + 1));
    }
    return entries;
  }

  static void requireObject(JsonParser parser) throws IOException, MalformedRowException {
    if (parser.currentToken() != JsonToken.START_OBJECT) {
      throw MalformedRowException.of(placeOf(parser), parser.getText(), "an object");
    }
  }

  /// Reads the array of numbers at the parser's current token.
  static float[] readVector(JsonParser parser) throws IOException, MalformedRowException {
    if (parser.currentToken() != JsonToken.START_ARRAY) {
      throw MalformedRowException.of(placeOf(parser), parser.getText(), "an array of numbers");
    }
    float[] vector = new float[128];
    int dimension = 0;
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      if (!parser.currentToken().isNumeric()) {
        throw MalformedRowException.of("vector component", parser.getText(), "a number");
      }
      if (dimension == Limits.DIMENSION_MAX) {
        throw new MalformedRowException(
            "vector of more than " + Limits.DIMENSION_MAX + " components");
      }
      if (dimension == vector.length) {
        vector = Arrays.copyOf(vector, vector.length * 2);
      }
      vector[dimension++] = parser.getFloatValue();
    }
    return Arrays.copyOf(vector, dimension);
  }

  static String placeOf(JsonParser parser) throws IOException {
    String name = parser.currentName();
    return name == null ? "row" : name;
  }

  /// Writes a value; an instant in ISO-8601.
  static void write(JsonGenerator generator, Value value) throws IOException {
    switch (value) {
      case Value.Null _ -> generator.writeNull();
      case Value.Bool it -> generator.writeBoolean(it.value());
      case Value.Int64 it -> generator.writeNumber(it.value());
      case Value.Float64 it -> generator.writeNumber(it.value());
      case Value.Text it -> generator.writeString(it.value());
      case Value.Timestamp it -> generator.writeString(instant(it).toString());
      case Value.Array it -> {
        generator.writeStartArray();
        for (Value item : it.items()) {
          write(generator, item);
        }
        generator.writeEndArray();
      }
      case Value.Entries it -> writeEntries(generator, it.values());
    }
  }

  static void writeEntries(JsonGenerator generator, Map<String, Value> entries) throws IOException {
    generator.writeStartObject();
    for (Map.Entry<String, Value> entry : entries.entrySet()) {
      generator.writeFieldName(entry.getKey());
      write(generator, entry.getValue());
    }
    generator.writeEndObject();
  }

  static void writeVector(JsonGenerator generator, float[] vector) throws IOException {
    generator.writeStartArray();
    for (float component : vector) {
      generator.writeNumber(component);
    }
    generator.writeEndArray();
  }

  static Instant instant(Value.Timestamp timestamp) {
    return Instant.EPOCH.plus(timestamp.epochMicros(), ChronoUnit.MICROS);
  }
}
