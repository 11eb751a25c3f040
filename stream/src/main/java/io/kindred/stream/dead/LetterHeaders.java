package io.kindred.stream.dead;

import io.kindred.stream.DeadLetter;
import io.kindred.stream.Rejection;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.SourceRecord.Header;
import io.kindred.stream.SourceRecord.Position;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// What a dead letter says beside the event: headers whose names start with `kindred.`. Stateless.
final class LetterHeaders {
  private static final String PREFIX = "kindred.";
  private static final String PIPELINE = PREFIX + "pipeline";
  private static final String STEP = PREFIX + "step";
  private static final String CODE = PREFIX + "code";
  private static final String REASON = PREFIX + "reason";
  private static final String TOPIC = PREFIX + "topic";
  private static final String PARTITION = PREFIX + "partition";
  private static final String OFFSET = PREFIX + "offset";
  private static final String TIMESTAMP = PREFIX + "timestamp";
  private static final String AT = PREFIX + "at";

  private LetterHeaders() {}

  /// The event's own headers, and the letter's.
  static List<Header> of(DeadLetter letter) {
    List<Header> headers = new ArrayList<>(own(letter.event()));
    Position position = letter.event().position();
    add(headers, PIPELINE, letter.pipeline());
    add(headers, STEP, letter.rejection().step());
    add(headers, CODE, letter.rejection().code());
    add(headers, REASON, letter.rejection().reason());
    add(headers, TOPIC, position.topic());
    add(headers, PARTITION, String.valueOf(position.partition()));
    add(headers, OFFSET, String.valueOf(position.offset()));
    add(headers, TIMESTAMP, String.valueOf(letter.event().timestampMillis()));
    add(headers, AT, letter.at().toString());
    return headers;
  }

  private static void add(List<Header> headers, String name, String value) {
    headers.add(new Header(name, value.getBytes(StandardCharsets.UTF_8)));
  }

  private static List<Header> own(SourceRecord event) {
    return event.headers().stream().filter(it -> !it.name().startsWith(PREFIX)).toList();
  }

  /// The letter that a record with such headers is, or nothing where it is none.
  static Optional<DeadLetter> letter(SourceRecord record) {
    Map<String, String> values = new HashMap<>();
    for (Header header : record.headers()) {
      values.put(header.name(), new String(header.value(), StandardCharsets.UTF_8));
    }
    try {
      Position position =
          new Position(
              require(values, TOPIC),
              Integer.parseInt(require(values, PARTITION)),
              Long.parseLong(require(values, OFFSET)));
      SourceRecord event =
          new SourceRecord(
              position,
              Long.parseLong(require(values, TIMESTAMP)),
              record.key(),
              record.value(),
              own(record));
      Rejection rejection =
          new Rejection(require(values, STEP), require(values, CODE), require(values, REASON));
      return Optional.of(
          new DeadLetter(
              require(values, PIPELINE), event, rejection, Instant.parse(require(values, AT))));
    } catch (DateTimeException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String require(Map<String, String> values, String name) {
    String value = values.get(name);
    if (value == null) {
      throw new IllegalArgumentException(name + ": missing");
    }
    return value;
  }
}
