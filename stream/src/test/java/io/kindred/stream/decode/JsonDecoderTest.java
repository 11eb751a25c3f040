package io.kindred.stream.decode;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Value;
import io.kindred.stream.Fault;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class JsonDecoderTest {
  private static final String EVENT =
      """
      fields:
        user: {type: string, required: true}
        action: {type: string, one_of: [view, buy]}
        count: {type: int64, min: 1, max: 10}
        amount: {type: float64, min: 0, max: 100}
        isMobile: bool
        at: {type: timestamp, from: meta.at}
        tags: string_list
        vec: {type: vector, dimension: 2}
        any: vector
      bytes_max: 400
      """;

  private final DecoderFixture fixture = new DecoderFixture(EVENT);

  @Test
  void fieldsAreReadByTypeAndPath() throws Exception {
    Event event =
        fixture.decode(
            """
            {"user":"u","more":{"deep":[1,{"x":2}]},"count":10,"amount":5,"isMobile":true,
             "meta":{"at":"2026-01-31T10:00:00+01:00","x":1},"tags":["a","b"],"vec":[1,2.5],
             "any":[],"action":null}
            """
                .getBytes(UTF_8));

    assertThat(fixture.value(event, "user")).isEqualTo(Value.of("u"));
    assertThat(fixture.value(event, "count")).isEqualTo(Value.of(10L));
    assertThat(fixture.value(event, "amount")).isEqualTo(Value.of(5.0));
    assertThat(fixture.value(event, "isMobile")).isEqualTo(Value.of(true));
    assertThat(fixture.value(event, "at"))
        .isEqualTo(
            new Value.Timestamp(Instant.parse("2026-01-31T09:00:00Z").toEpochMilli() * 1000));
    assertThat(fixture.value(event, "tags"))
        .isEqualTo(new Value.Array(List.of(Value.of("a"), Value.of("b"))));
    assertThat((float[]) fixture.value(event, "vec")).containsExactly(1, 2.5f);
    assertThat((float[]) fixture.value(event, "any")).isEmpty();
    assertThat(fixture.value(event, "action")).isNull();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      textBlock =
          """
          {"user":                                | MALFORMED          | event: Unexpected end-of-input
          nonsense                                | MALFORMED          | event: Unrecognized token 'nonsense'
          ["user"]                                | MALFORMED          | event: a list (expected: a JSON object)
          5                                       | MALFORMED          | event: a single value (expected: a JSON object)
          {"user":"u"} {"user":"v"}               | MALFORMED          | event: more behind the object (expected: one JSON object)
          {"action":"buy"}                        | MISSING_FIELD      | user: missing (expected: a value)
          {"user":null}                           | MISSING_FIELD      | user: missing (expected: a value)
          {"user":5}                              | TYPE_MISMATCH      | user: 5 (expected: text)
          {"user":{"id":1}}                       | TYPE_MISMATCH      | user: an object (expected: string)
          {"user":"u","action":"steal"}           | OUT_OF_RANGE       | action: "steal" (expected: one of "view", "buy")
          {"user":"u","count":11}                 | OUT_OF_RANGE       | count: 11 (expected: at most 10)
          {"user":"u","count":0}                  | OUT_OF_RANGE       | count: 0 (expected: at least 1)
          {"user":"u","count":1.5}                | TYPE_MISMATCH      | count: 1.5 (expected: a 64-bit integer)
          {"user":"u","count":99999999999999999999} | TYPE_MISMATCH    | count: 1.0E20 (expected: a 64-bit integer)
          {"user":"u","amount":-0.5}              | OUT_OF_RANGE       | amount: -0.5 (expected: at least 0)
          {"user":"u","amount":1e999}             | OUT_OF_RANGE       | amount: Infinity (expected: a finite number)
          {"user":"u","amount":NaN}               | MALFORMED          | event: Non-standard token 'NaN'
          {"user":"u","isMobile":"yes"}           | TYPE_MISMATCH      | isMobile: "yes" (expected: true or false)
          {"user":"u","meta":{"at":"yesterday"}}  | TYPE_MISMATCH      | at: "yesterday" (expected: an instant such as
          {"user":"u","meta":{"at":1e300}}        | TYPE_MISMATCH      | at: 1.0E300 (expected: an instant such as
          {"user":"u","tags":["a",1]}             | TYPE_MISMATCH      | tags: 1 (expected: text)
          {"user":"u","vec":[1,2,3]}              | DIMENSION_MISMATCH | vec: dimension: 3 (expected: 2)
          {"user":"u","vec":[1,"x"]}              | TYPE_MISMATCH      | vec[1]: x (expected: a number)
          {"user":"u","vec":"x"}                  | TYPE_MISMATCH      | vec: "x" (expected: a list of numbers)
          """)
  void whatDoesNotFitIsRefusedByName(String event, Fault fault, String message) {
    assertThatThrownBy(() -> fixture.decode(event.getBytes(UTF_8)))
        .isInstanceOfSatisfying(
            EventFaultException.class, e -> assertThat(e.fault()).isEqualTo(fault))
        .hasMessageStartingWith(message);
  }

  @Test
  void anOversizedEventIsNotParsed() {
    byte[] event = ("{\"user\":\"" + "u".repeat(400) + "\"}").getBytes(UTF_8);

    assertThatThrownBy(() -> fixture.decode(event))
        .isInstanceOfSatisfying(
            EventFaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.TOO_LARGE))
        .hasMessage("event: 411 bytes (expected: at most 400)");
  }

  @Test
  void brokenUtf8AndAnEmptyEventAreMalformed() {
    byte[] broken = {'{', '"', 'u', 's', 'e', 'r', '"', ':', '"', (byte) 0xC3, '"', '}'};
    assertThatThrownBy(() -> fixture.decode(broken))
        .isInstanceOfSatisfying(
            EventFaultException.class, e -> assertThat(e.fault()).isEqualTo(Fault.MALFORMED));
    assertThatThrownBy(() -> fixture.decode(new byte[0]))
        .hasMessage("event: empty (expected: a JSON object)");
  }

  @Test
  void aFieldBelowAnotherIsRefused() {
    assertThatThrownBy(
            () ->
                new DecoderFixture(
                    "fields:\n  a: {type: string, from: x}\n  b: {type: string, from: x.y}\n"))
        .hasMessageContaining(
            "event.fields.b.from: x.y (expected: a name that no other field stands at or below)");
  }

  @Test
  void theTimeIsARequiredTimestamp() {
    assertThatThrownBy(() -> new DecoderFixture("fields: {at: timestamp}\ntime: at\n"))
        .hasMessageContaining("event.time: at (expected: a required field of type timestamp)");
  }
}
