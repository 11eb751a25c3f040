package io.kindred.stream.dead;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.stream.DeadLetter;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.SourceRecord.Header;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// Dead letters as lines of JSON: what they say by their headers' names, and the event's key, value
/// and headers as text where they are UTF-8, else in base64. Stateless.
final class LetterJson {
  private static final JsonFactory JSON = new JsonFactory();
  private static final String BASE64 = "_base64";

  private LetterJson() {}

  static byte[] lines(List<DeadLetter> letters) throws IOException {
    ByteArrayOutputStream lines = new ByteArrayOutputStream();
    for (DeadLetter letter : letters) {
      JsonGenerator out = JSON.createGenerator(lines);
      out.disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
      out.writeStartObject();
      out.writeObjectFieldStart("headers");
      for (Header header : LetterHeaders.of(letter)) {
        write(out, header.name(), header.value());
      }
      out.writeEndObject();
      byte[] key = letter.event().key();
      if (key != null) {
        write(out, "key", key);
      }
      write(out, "value", letter.event().value());
      out.writeEndObject();
      out.close();
      lines.write('\n');
    }
    return lines.toByteArray();
  }

  private static void write(JsonGenerator out, String name, byte[] bytes) throws IOException {
    String text = text(bytes);
    if (text == null || name.endsWith(BASE64)) {
      out.writeStringField(name + BASE64, Base64.getEncoder().encodeToString(bytes));
    } else {
      out.writeStringField(name, text);
    }
  }

  private static @Nullable String text(byte[] bytes) {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
    } catch (CharacterCodingException e) {
      return null;
    }
  }

  /// The bytes up to the next line end, or to the end of what there is.
  static byte[] readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next != -1 && next != '\n'; next = in.read()) {
      line.write(next);
    }
    return line.toByteArray();
  }

  /// The letter of a line, or nothing where the line holds none.
  static Optional<DeadLetter> letter(byte[] line) {
    byte[] key = null;
    byte[] value = new byte[0];
    List<Header> headers = new ArrayList<>();
    try (JsonParser in = JSON.createParser(line)) {
      if (in.nextToken() != JsonToken.START_OBJECT) {
        return Optional.empty();
      }
      for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
        in.nextToken();
        switch (plain(name)) {
          case "headers" -> readHeaders(in, headers);
          case "key" -> key = bytes(in, name);
          case "value" -> value = bytes(in, name);
          default -> in.skipChildren();
        }
      }
    } catch (IOException | IllegalArgumentException e) {
      return Optional.empty();
    }
    return LetterHeaders.letter(
        new SourceRecord(new SourceRecord.Position("", 0, 0), 0, key, value, headers));
  }

  private static void readHeaders(JsonParser in, List<Header> headers) throws IOException {
    for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
      in.nextToken();
      headers.add(new Header(plain(name), bytes(in, name)));
    }
  }

  private static String plain(String name) {
    return name.endsWith(BASE64) ? name.substring(0, name.length() - BASE64.length()) : name;
  }

  private static byte[] bytes(JsonParser in, String name) throws IOException {
    return name.endsWith(BASE64)
        ? Base64.getDecoder().decode(in.getText())
        : in.getText().getBytes(StandardCharsets.UTF_8);
  }
}
