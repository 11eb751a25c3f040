package io.kindred.engine.filter;

import io.kindred.engine.Value;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Set;
import java.util.function.IntPredicate;
import java.util.stream.Stream;

/// The filter language over [Value] objects, written for obviousness and nothing else. Immutable.
///
/// @param declared names of the table's declared fields
public record NaiveFilter(
    Set<String> declared, Map<String, Value> fields, Map<String, Value> metadata) {
  public boolean matches(Filter filter) {
    return switch (filter) {
      case Filter.Eq(String field, Value value) -> isEqual(field, value);
      case Filter.Ne(String field, Value value) -> !isEqual(field, value);
      case Filter.Gt(String field, Value value) -> compares(field, value, order -> order > 0);
      case Filter.Gte(String field, Value value) -> compares(field, value, order -> order >= 0);
      case Filter.Lt(String field, Value value) -> compares(field, value, order -> order < 0);
      case Filter.Lte(String field, Value value) -> compares(field, value, order -> order <= 0);
      case Filter.In(String field, List<Value> values) ->
          values.stream().anyMatch(value -> isEqual(field, value));
      case Filter.NotIn(String field, List<Value> values) ->
          values.stream().noneMatch(value -> isEqual(field, value));
      case Filter.Exists(String field, boolean isPresent) -> values(field).isEmpty() != isPresent;
      case Filter.And(List<Filter> filters) -> filters.stream().allMatch(this::matches);
      case Filter.Or(List<Filter> filters) -> filters.stream().anyMatch(this::matches);
      case Filter.Not(Filter negated) -> !matches(negated);
    };
  }

  private boolean isEqual(String field, Value operand) {
    return operand == Value.Null.NULL
        ? values(field).isEmpty()
        : compares(field, operand, order -> order == 0);
  }

  private boolean compares(String field, Value operand, IntPredicate accepts) {
    return values(field).stream()
        .flatMap(
            value ->
                value instanceof Value.Array(List<Value> items) ? items.stream() : Stream.of(value))
        .anyMatch(
            value -> {
              OptionalInt order = order(value, operand);
              return order.isPresent() && accepts.test(order.getAsInt());
            });
  }

  private List<Value> values(String field) {
    List<Value> found = new ArrayList<>();
    if (declared.contains(field)) {
      if (fields.containsKey(field)) {
        found.add(fields.get(field));
      }
    } else if (metadata.containsKey(field)) {
      found.add(metadata.get(field));
    } else {
      collect(new Value.Entries(metadata), List.of(field.split("\\.", -1)), found);
    }
    found.removeIf(value -> value == Value.Null.NULL);
    return found;
  }

  private static void collect(Value value, List<String> path, List<Value> into) {
    if (path.isEmpty()) {
      into.add(value);
    } else if (value instanceof Value.Entries(Map<String, Value> entries)) {
      Value next = entries.get(path.getFirst());
      List<String> rest = path.subList(1, path.size());
      if (next instanceof Value.Array(List<Value> items) && !rest.isEmpty()) {
        items.forEach(item -> collect(item, rest, into));
      } else if (next != null) {
        collect(next, rest, into);
      }
    }
  }

  private static OptionalInt order(Value value, Value operand) {
    if (isNumber(value) && isNumber(operand)) {
      return OptionalInt.of(number(value).compareTo(number(operand)));
    }
    if (value instanceof Value.Text(String text) && operand instanceof Value.Text(String other)) {
      return OptionalInt.of(
          Arrays.compare(text.codePoints().toArray(), other.codePoints().toArray()));
    }
    if (value instanceof Value.Timestamp(long micros)
        && operand instanceof Value.Timestamp(long other)) {
      return OptionalInt.of(Long.compare(micros, other));
    }
    return value instanceof Value.Bool && value.equals(operand)
        ? OptionalInt.of(0)
        : OptionalInt.empty();
  }

  private static boolean isNumber(Value value) {
    return value instanceof Value.Int64 || value instanceof Value.Float64;
  }

  private static BigDecimal number(Value value) {
    return value instanceof Value.Int64(long integer)
        ? BigDecimal.valueOf(integer)
        : new BigDecimal(((Value.Float64) value).value());
  }
}
