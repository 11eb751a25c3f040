package io.kindred.stream.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.FieldType;
import io.kindred.engine.Value;
import io.kindred.stream.Fault;
import io.kindred.stream.SourceRecord;
import io.kindred.stream.config.Place;
import io.kindred.stream.config.Text;
import io.kindred.stream.event.Event;
import io.kindred.stream.event.EventFaultException;
import io.kindred.stream.event.Scope;
import io.kindred.stream.event.Shape;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Expressions and filters over an event's fields.
final class ExpressionTest {
  private static final Place PLACE = new Place("p.yaml", 3, 7);

  private final Scope scope = new Scope();

  ExpressionTest() {
    declare("action", FieldType.STRING, true);
    declare("amount", FieldType.FLOAT64, false);
    declare("count", FieldType.INT64, true);
    declare("isMobile", FieldType.BOOL, true);
    declare("at", FieldType.TIMESTAMP, true);
    declare("tags", FieldType.STRING_LIST, true);
    declare("liked.category", FieldType.STRING, false);
    scope.add(text("liked.embedding"), "liked.embedding", new Shape.Vector(4, true));
  }

  private void declare(String name, FieldType type, boolean isAlwaysThere) {
    scope.add(text(name), name, new Shape.Scalar(type, isAlwaysThere));
  }

  private static Text text(String value) {
    return new Text(PLACE, "steps[0].map.x", value);
  }

  private Event event(@Nullable Double amount) {
    Event event =
        new Event(
            SourceRecord.of(new SourceRecord.Position("t", 0, 0), 0, new byte[0]), scope.size());
    event.setValue(0, Value.of("buy"));
    event.setValue(1, amount == null ? null : Value.of(amount));
    event.setValue(2, Value.of(3L));
    event.setValue(3, Value.of(true));
    event.setValue(4, new Value.Timestamp(1_700_000_000_000_000L));
    event.setValue(5, new Value.Array(List.of(Value.of("a"), Value.of("b"))));
    event.setValue(6, Value.of("shoes"));
    return event;
  }

  private @Nullable Value evaluate(String expression) throws EventFaultException {
    return Expression.compile(text(expression), scope).evaluate(event(2.5));
  }

  @Test
  void expressionsComputeFromTheFieldsOfAnEvent() throws Exception {
    assertThat(evaluate("action == 'buy' ? 5.0 : 1.0")).isEqualTo(Value.of(5.0));
    assertThat(evaluate("amount * double(count)")).isEqualTo(Value.of(7.5));
    assertThat(evaluate("liked.category + '/' + action")).isEqualTo(Value.of("shoes/buy"));
    assertThat(evaluate("count + 1")).isEqualTo(Value.of(4L));
    assertThat(evaluate("isMobile && tags.exists(t, t == 'b')")).isEqualTo(Value.of(true));
    assertThat(evaluate("at - duration('60s')"))
        .isEqualTo(new Value.Timestamp(1_699_999_940_000_000L));
    assertThat(evaluate("tags.filter(t, t != 'a')"))
        .isEqualTo(new Value.Array(List.of(Value.of("b"))));
    assertThat(evaluate("action.matches('^b.y$')")).isEqualTo(Value.of(true));
  }

  @Test
  void aFieldThatMayBeMissingIsNullWhereItIs() throws Exception {
    Expression orZero = Expression.compile(text("amount == null ? 0.0 : amount"), scope);
    Expression asItIs = Expression.compile(text("amount"), scope);

    assertThat(orZero.evaluate(event(null))).isEqualTo(Value.of(0.0));
    assertThat(orZero.evaluate(event(4.0))).isEqualTo(Value.of(4.0));
    assertThat(asItIs.evaluate(event(null))).isNull();
    assertThat(asItIs.shape()).isEqualTo(new Shape.Scalar(FieldType.FLOAT64, false));
    assertThatThrownBy(() -> Expression.compile(text("amount * 2.0"), scope).evaluate(event(null)))
        .isInstanceOfSatisfying(
            EventFaultException.class,
            e -> assertThat(e.fault()).isEqualTo(Fault.EXPRESSION_FAILED));
  }

  @Test
  void anEventForWhichThereIsNoValueIsRefused() {
    assertThatThrownBy(() -> evaluate("1 / (count - 3)"))
        .isInstanceOfSatisfying(
            EventFaultException.class,
            e -> assertThat(e.fault()).isEqualTo(Fault.EXPRESSION_FAILED))
        .hasMessageContaining("(expected: a value)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          action == 5            | no matching overload for '_==_'
          acton == 'buy'         | undeclared reference to 'acton'
          action ==              | mismatched input
          liked.embedding        | undeclared reference
          count + amount         | no matching overload
          """)
  void whatDoesNotTypeCheckIsRefusedWithItsPlace(String expression, String message) {
    assertThatThrownBy(() -> Expression.compile(text(expression), scope))
        .hasMessageStartingWith("p.yaml:3:7: steps[0].map.x: " + expression + " (expected: ")
        .hasMessageContaining(message);
  }

  @Test
  void aResultThatNoFieldHoldsIsRefused() {
    assertThatThrownBy(() -> Expression.compile(text("{'a': 1}"), scope))
        .hasMessageContaining("a result of type string, int, double, bool, timestamp");
  }

  private static Value filter(String field, Value value) {
    return new Value.Entries(Map.of(field, value));
  }

  private boolean matches(Value filter) {
    return EventFilter.compile(filter, PLACE, scope).matches(event(null));
  }

  @Test
  void filtersMeanOfEventsWhatTheyMeanOfRows() {
    assertThat(matches(filter("action", Value.of("buy")))).isTrue();
    assertThat(matches(filter("action", Value.of("view")))).isFalse();
    assertThat(matches(filter("count", filter("$gte", Value.of(3))))).isTrue();
    assertThat(matches(filter("count", filter("$lt", Value.of(2.5))))).isFalse();
    assertThat(matches(filter("isMobile", Value.of(true)))).isTrue();
    assertThat(matches(filter("tags", Value.of("b")))).isTrue();
    assertThat(matches(filter("tags", Value.of("c")))).isFalse();
    assertThat(matches(filter("amount", filter("$exists", Value.of(false))))).isTrue();
    assertThat(matches(filter("amount", filter("$ne", Value.of(1))))).isTrue();
    assertThat(matches(filter("liked.category", filter("$gt", Value.of("a"))))).isTrue();
    assertThat(matches(filter("at", filter("$gt", Value.of("2023-11-14T22:13:19Z"))))).isTrue();
    assertThat(matches(filter("at", filter("$gt", Value.of("2023-11-14T22:13:20Z"))))).isFalse();
  }

  @Test
  void aFilterThatNamesWhatNoEventHasIsRefused() {
    assertThatThrownBy(() -> matches(filter("acton", Value.of("buy"))))
        .hasMessageStartingWith(
            "p.yaml:3:7: filter.acton: unknown field (expected: a field of the event: action,");
    assertThatThrownBy(() -> matches(filter("liked.embedding", Value.of("buy"))))
        .hasMessageStartingWith("p.yaml:3:7: filter.liked.embedding: a vector (expected: ");
    assertThatThrownBy(() -> matches(filter("count", filter("$gt", Value.of("x")))))
        .hasMessageStartingWith("p.yaml:3:7: filter.count.$gt: \"x\" (expected: a number");
  }
}
