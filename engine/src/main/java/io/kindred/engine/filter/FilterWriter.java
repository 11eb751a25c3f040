package io.kindred.engine.filter;

import io.kindred.engine.Value;
import java.util.List;
import java.util.Map;

/// Writes a filter in its JSON form, from which [FilterParser] reads an equal one, provided that
/// [BoundFilter#bind] accepts it. Stateless.
public final class FilterWriter {
  private FilterWriter() {}

  public static Value write(Filter filter) {
    return switch (filter) {
      case Filter.Eq(String field, Value value) -> entry(field, value);
      case Filter.Ne(String field, Value value) -> condition(field, Operator.NE, value);
      case Filter.Gt(String field, Value value) -> condition(field, Operator.GT, value);
      case Filter.Gte(String field, Value value) -> condition(field, Operator.GTE, value);
      case Filter.Lt(String field, Value value) -> condition(field, Operator.LT, value);
      case Filter.Lte(String field, Value value) -> condition(field, Operator.LTE, value);
      case Filter.In(String field, List<Value> values) ->
          condition(field, Operator.IN, new Value.Array(values));
      case Filter.NotIn(String field, List<Value> values) ->
          condition(field, Operator.NOT_IN, new Value.Array(values));
      case Filter.Exists(String field, boolean isPresent) ->
          condition(field, Operator.EXISTS, new Value.Bool(isPresent));
      case Filter.And(List<Filter> filters) ->
          filters.isEmpty() ? Value.Entries.EMPTY : around(Operator.AND, filters);
      case Filter.Or(List<Filter> filters) -> around(Operator.OR, filters);
      case Filter.Not(Filter negated) -> entry(Operator.NOT.symbol(), write(negated));
    };
  }

  private static Value condition(String field, Operator operator, Value operand) {
    return entry(field, entry(operator.symbol(), operand));
  }

  private static Value around(Operator operator, List<Filter> filters) {
    return entry(
        operator.symbol(), new Value.Array(filters.stream().map(FilterWriter::write).toList()));
  }

  private static Value entry(String name, Value value) {
    return new Value.Entries(Map.of(name, value));
  }
}
