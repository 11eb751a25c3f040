package io.kindred.engine.filter;

import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Reads the JSON form of a filter, as `docs/filters.md` describes it. What has another form is
/// refused with `INVALID_FILTER`, which names the place: `filter.$or[1].price.$gt`. Stateless.
public final class FilterParser {
  private static final String ROOT = "filter";

  private FilterParser() {}

  public static Filter parse(Value value) {
    Filter filter = filter(ROOT, value, 0);
    FilterBounds.require(filter);
    return filter;
  }

  /// @param depth how many `$and`, `$or` and `$not` stand around the value
  private static Filter filter(String path, Value value, int depth) {
    if (depth > Limits.FILTER_DEPTH_MAX) {
      throw FilterBounds.tooDeep();
    }
    if (!(value instanceof Value.Entries(Map<String, Value> entries))) {
      throw Operands.invalid(path, value, "an object such as {\"field\": value}");
    }
    List<Filter> filters = new ArrayList<>();
    entries.forEach((name, operand) -> filters.add(entry(path, name, operand, depth)));
    return all(filters);
  }

  private static Filter entry(String parent, String name, Value operand, int depth) {
    String path = parent + "." + name;
    if (!name.startsWith("$")) {
      Operands.requireField(path, name);
      return condition(path, name, operand, depth);
    }
    Operator operator = operator(path, name, Operator.Place.AROUND);
    return switch (operator) {
      case AND -> new Filter.And(filters(path, operand, depth + 1));
      case OR -> new Filter.Or(filters(path, operand, depth + 1));
      case NOT -> new Filter.Not(filter(path, operand, depth + 1));
      case EQ, NE, GT, GTE, LT, LTE, IN, NOT_IN, EXISTS -> throw new AssertionError(operator);
    };
  }

  private static List<Filter> filters(String path, Value value, int depth) {
    if (!(value instanceof Value.Array(List<Value> items)) || items.isEmpty()) {
      throw Operands.invalid(path, value, "a list of at least one filter");
    }
    List<Filter> filters = new ArrayList<>();
    for (int i = 0; i < items.size(); i++) {
      filters.add(filter(path + "[" + i + "]", items.get(i), depth));
    }
    return filters;
  }

  /// The condition on one field: a value to be equal to, or operators.
  private static Filter condition(String path, String field, Value value, int depth) {
    if (value instanceof Value.Entries) {
      return operators(path, field, value, depth);
    }
    Operands.requireScalar(path, Operator.EQ, value);
    return new Filter.Eq(field, value);
  }

  private static Filter operators(String path, String field, Value value, int depth) {
    if (depth > Limits.FILTER_DEPTH_MAX) {
      throw FilterBounds.tooDeep();
    }
    if (!(value instanceof Value.Entries(Map<String, Value> entries)) || entries.isEmpty()) {
      throw Operands.invalid(path, value, "operators such as {\"$gt\": 5}");
    }
    List<Filter> filters = new ArrayList<>();
    entries.forEach(
        (symbol, operand) -> filters.add(operator(path, field, symbol, operand, depth)));
    return all(filters);
  }

  private static Filter operator(
      String parent, String field, String symbol, Value operand, int depth) {
    String path = parent + "." + symbol;
    Operator operator = operator(path, symbol, Operator.Place.FIELD);
    return switch (operator) {
      case EQ -> new Filter.Eq(field, scalar(path, operator, operand));
      case NE -> new Filter.Ne(field, scalar(path, operator, operand));
      case GT -> new Filter.Gt(field, scalar(path, operator, operand));
      case GTE -> new Filter.Gte(field, scalar(path, operator, operand));
      case LT -> new Filter.Lt(field, scalar(path, operator, operand));
      case LTE -> new Filter.Lte(field, scalar(path, operator, operand));
      case IN -> new Filter.In(field, list(path, operand));
      case NOT_IN -> new Filter.NotIn(field, list(path, operand));
      case EXISTS -> new Filter.Exists(field, bool(path, operand));
      case NOT -> new Filter.Not(operators(path, field, operand, depth + 1));
      case AND, OR -> throw new AssertionError(operator);
    };
  }

  private static Operator operator(String path, String symbol, Operator.Place place) {
    return Operator.find(symbol, place)
        .orElseThrow(
            () -> {
              String known = "one of " + Operator.symbols(place);
              String expectation =
                  symbol.startsWith("$")
                      ? known
                      : known + "; an entry of an object is named with a dot, as in a.b";
              return Operands.invalid(path, "unknown operator", expectation);
            });
  }

  private static Value scalar(String path, Operator operator, Value operand) {
    Operands.requireScalar(path, operator, operand);
    return operand;
  }

  private static List<Value> list(String path, Value operand) {
    if (!(operand instanceof Value.Array(List<Value> items))) {
      throw Operands.invalid(path, operand, "a list of values");
    }
    Operands.requireList(path, items);
    return items;
  }

  private static boolean bool(String path, Value operand) {
    if (!(operand instanceof Value.Bool(boolean value))) {
      throw Operands.invalid(path, operand, "true or false");
    }
    return value;
  }

  private static Filter all(List<Filter> filters) {
    return filters.size() == 1 ? filters.getFirst() : new Filter.And(filters);
  }
}
