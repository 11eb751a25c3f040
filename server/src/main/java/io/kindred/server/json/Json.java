package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.StreamWriteFeature;
import com.fasterxml.jackson.core.json.JsonReadFeature;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.io.CharConversionException;
import java.io.IOException;
import java.io.UncheckedIOException;

/// Opens JSON for reading and writing as a stream, and turns what is no JSON into the caller's
/// error, with line and column. Thread-safe.
public final class Json {
  private static final int NESTING_MAX = 128;

  /// `NaN` and `Infinity` are let in so that a row which holds one is rejected, and not its whole
  /// batch.
  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .streamReadConstraints(
              StreamReadConstraints.builder().maxNestingDepth(NESTING_MAX).build())
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(StreamReadFeature.USE_FAST_DOUBLE_PARSER)
          .enable(StreamReadFeature.USE_FAST_BIG_NUMBER_PARSER)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .enable(JsonReadFeature.ALLOW_NON_NUMERIC_NUMBERS)
          .disable(JsonFactory.Feature.CANONICALIZE_FIELD_NAMES)
          .build();

  private Json() {}

  /// Reads one value; the parser stands on its first token.
  @FunctionalInterface
  public interface Reader<T> {
    T read(JsonParser in) throws IOException;
  }

  /// Writes one value.
  @FunctionalInterface
  public interface Writer {
    void write(JsonGenerator out) throws IOException;
  }

  /// Reads a whole text that holds one value.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where it is no JSON, holds nothing or more than
  ///   one value; or what the reader throws
  public static <T> T read(byte[] text, Reader<T> reader) {
    return read(() -> FACTORY.createParser(text), reader);
  }

  /// As [#read(byte[], Reader)]; the parser's places are those of the text's characters.
  public static <T> T read(String text, Reader<T> reader) {
    return read(() -> FACTORY.createParser(text), reader);
  }

  /// Opens a parser.
  @FunctionalInterface
  private interface Source {
    JsonParser open() throws IOException;
  }

  private static <T> T read(Source source, Reader<T> reader) {
    try (JsonParser in = source.open()) {
      if (in.nextToken() == null) {
        throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "JSON", "nothing", "an object");
      }
      T value = reader.read(in);
      JsonToken more = in.nextToken();
      if (more != null) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "JSON",
            "more text at " + place(in.currentTokenLocation()),
            "one value");
      }
      return value;
    } catch (JsonProcessingException e) {
      throw malformed(e);
    } catch (CharConversionException e) {
      // A text that begins as UTF-16 or UTF-32 would, and is neither.
      throw new KindredException(
          ErrorCode.INVALID_ARGUMENT, "JSON: " + e.getMessage() + " (expected: UTF-8)", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static KindredException malformed(JsonProcessingException e) {
    JsonLocation location = e.getLocation();
    // What exceeds a limit of the reader has no place.
    String place = location == null ? "" : " at " + place(location);
    return new KindredException(
        ErrorCode.INVALID_ARGUMENT, "JSON: " + e.getOriginalMessage() + place);
  }

  private static String place(JsonLocation location) {
    return "line " + location.getLineNr() + ", column " + location.getColumnNr();
  }

  /// The text that the writer writes, in UTF-8.
  public static byte[] write(Writer writer) {
    try (ByteArrayBuilder bytes = new ByteArrayBuilder(1024);
        JsonGenerator out = FACTORY.createGenerator(bytes)) {
      writer.write(out);
      out.flush();
      return bytes.toByteArray();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
