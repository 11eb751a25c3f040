package io.kindred.app.rows;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.app.rows.DraftRow.Typing;
import io.kindred.engine.Value;
import java.io.CharConversionException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Reads JSON lines: an object a line, of the shape that `rows:put` takes. Blank lines are skipped.
/// Owned by one thread.
final class JsonlReader implements RowReader {
  private final TextLines lines;
  private final long sizeBytes;

  private JsonlReader(TextLines lines, long sizeBytes) {
    this.lines = lines;
    this.sizeBytes = sizeBytes;
  }

  static JsonlReader open(Path path) throws IOException {
    return new JsonlReader(new TextLines(Files.newInputStream(path)), Files.size(path));
  }

  @Override
  public @Nullable RowItem next() throws IOException {
    while (lines.next()) {
      if (!lines.isBlank()) {
        return item();
      }
    }
    return null;
  }

  private RowItem item() throws IOException {
    if (lines.isTooLong()) {
      return new RowItem.Malformed(
          lines.number(), "line longer than " + TextLines.LINE_BYTES_MAX + " bytes");
    }
    try (JsonParser parser =
        JsonValues.FACTORY.createParser(lines.buffer(), lines.offset(), lines.length())) {
      parser.nextToken();
      JsonValues.requireObject(parser);
      DraftRow row = new Fields().read(parser, lines.number());
      if (parser.nextToken() != null) {
        throw MalformedRowException.of("after the row", parser.getText(), "the end of the line");
      }
      return row;
    } catch (MalformedRowException e) {
      return new RowItem.Malformed(lines.number(), String.valueOf(e.getMessage()));
    } catch (JacksonException e) {
      return new RowItem.Malformed(lines.number(), "malformed JSON: " + e.getOriginalMessage());
    } catch (CharConversionException e) {
      // A line that begins as UTF-16 or UTF-32 would, and is neither.
      return new RowItem.Malformed(
          lines.number(), "malformed JSON: " + e.getMessage() + " (expected: UTF-8)");
    }
  }

  /// The row's parts as they come. Owned by one thread.
  private static final class Fields {
    private @Nullable String id;
    private Map<String, float[]> vectors = Map.of();
    private Map<String, Value> fields = Map.of();
    private Map<String, Value> metadata = Map.of();
    private @Nullable Instant eventTime;
    private @Nullable Duration timeToLive;

    DraftRow read(JsonParser parser, long line) throws IOException, MalformedRowException {
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        if (parser.nextToken() != JsonToken.VALUE_NULL) {
          part(name, parser);
        }
      }
      if (id == null) {
        throw MalformedRowException.of("id", "none", "a string or an integer");
      }
      return new DraftRow(line, id, vectors, fields, metadata, eventTime, timeToLive);
    }

    private void part(String name, JsonParser parser) throws IOException, MalformedRowException {
      switch (name) {
        case "id" -> id = id(parser);
        case "vectors" -> vectors = vectors(parser);
        case "fields" -> fields = JsonValues.readEntries(parser);
        case "metadata" -> metadata = JsonValues.readEntries(parser);
        case "event_time" -> eventTime = eventTime(parser);
        case "ttl_seconds" -> timeToLive = timeToLive(parser);
        default ->
            throw MalformedRowException.of(
                "key", name, "id, vectors, fields, metadata, event_time or ttl_seconds");
      }
    }

    private static String id(JsonParser parser) throws IOException, MalformedRowException {
      JsonToken token = parser.currentToken();
      if (token != JsonToken.VALUE_STRING && token != JsonToken.VALUE_NUMBER_INT) {
        throw MalformedRowException.of("id", parser.getText(), "a string or an integer");
      }
      return parser.getText();
    }

    private static Map<String, float[]> vectors(JsonParser parser)
        throws IOException, MalformedRowException {
      JsonValues.requireObject(parser);
      Map<String, float[]> vectors = new LinkedHashMap<>();
      while (parser.nextToken() != JsonToken.END_OBJECT) {
        String name = parser.currentName();
        parser.nextToken();
        vectors.put(name, JsonValues.readVector(parser));
      }
      return vectors;
    }

    private static Instant eventTime(JsonParser parser) throws IOException, MalformedRowException {
      try {
        return Instant.parse(parser.getText());
      } catch (DateTimeParseException e) {
        throw MalformedRowException.of(
            "event_time", parser.getText(), "an instant such as 2026-01-01T00:00:00Z");
      }
    }

    private static Duration timeToLive(JsonParser parser)
        throws IOException, MalformedRowException {
      if (!parser.currentToken().isNumeric()) {
        throw MalformedRowException.of("ttl_seconds", parser.getText(), "a number");
      }
      return Duration.ofMillis((long) (parser.getDoubleValue() * 1000));
    }
  }

  @Override
  public Typing typing() {
    return Typing.TYPED;
  }

  @Override
  public String placeName() {
    return "line";
  }

  @Override
  public long progress() {
    return lines.consumedBytes();
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(sizeBytes);
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
