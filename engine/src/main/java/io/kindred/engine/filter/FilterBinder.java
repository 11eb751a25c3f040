package io.kindred.engine.filter;

import io.kindred.engine.FieldType;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.filter.ValueTest.Comparison;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Turns a filter into conditions on the fields of one table. Immutable.
final class FilterBinder {
  private static final Condition ALWAYS = new Condition.AllOf(new Condition[0]);

  private final TableSpec table;
  private final List<String> fields;

  FilterBinder(TableSpec table) {
    this.table = table;
    this.fields = List.copyOf(table.fields().keySet());
  }

  /// @param path where the filter stands, for errors
  Condition condition(String path, Filter filter) {
    return switch (filter) {
      case Filter.Eq(String field, Value value) -> comparison(path, field, Operator.EQ, value);
      case Filter.Ne(String field, Value value) ->
          new Condition.Negation(comparison(path, field, Operator.NE, value));
      case Filter.Gt(String field, Value value) -> comparison(path, field, Operator.GT, value);
      case Filter.Gte(String field, Value value) -> comparison(path, field, Operator.GTE, value);
      case Filter.Lt(String field, Value value) -> comparison(path, field, Operator.LT, value);
      case Filter.Lte(String field, Value value) -> comparison(path, field, Operator.LTE, value);
      case Filter.In(String field, List<Value> values) ->
          membership(path, field, Operator.IN, values);
      case Filter.NotIn(String field, List<Value> values) ->
          new Condition.Negation(membership(path, field, Operator.NOT_IN, values));
      case Filter.Exists(String field, boolean isPresent) -> existence(path, field, isPresent);
      case Filter.And(List<Filter> filters) ->
          filters.isEmpty()
              ? ALWAYS
              : new Condition.AllOf(conditions(path + "." + Operator.AND.symbol(), filters));
      case Filter.Or(List<Filter> filters) -> {
        String orPath = path + "." + Operator.OR.symbol();
        if (filters.isEmpty()) {
          throw Operands.invalid(orPath, "an empty list", "a list of at least one filter");
        }
        yield new Condition.AnyOf(conditions(orPath, filters));
      }
      case Filter.Not(Filter negated) ->
          new Condition.Negation(condition(path + "." + Operator.NOT.symbol(), negated));
    };
  }

  private Condition[] conditions(String path, List<Filter> filters) {
    Condition[] conditions = new Condition[filters.size()];
    for (int i = 0; i < conditions.length; i++) {
      conditions[i] = condition(path + "[" + i + "]", filters.get(i));
    }
    return conditions;
  }

  private Condition existence(String parent, String field, boolean isPresent) {
    Subject subject = subject(parent, field, Operator.EXISTS);
    return isPresent ? subject.present() : subject.missing();
  }

  private Condition comparison(String parent, String field, Operator operator, Value operand) {
    Subject subject = subject(parent, field, operator);
    Operands.requireScalar(subject.path(), operator, operand);
    if (operand instanceof Value.Null) {
      return subject.missing();
    }
    return subject.passing(test(operator, subject.fitting(subject.path(), operator, operand)));
  }

  private Condition membership(
      String parent, String field, Operator operator, List<Value> operands) {
    Subject subject = subject(parent, field, operator);
    Operands.requireList(subject.path(), operands);
    List<Value> present = new ArrayList<>();
    for (int i = 0; i < operands.size(); i++) {
      Value operand = operands.get(i);
      if (!(operand instanceof Value.Null)) {
        present.add(subject.fitting(subject.path() + "[" + i + "]", operator, operand));
      }
    }
    Condition isMember = subject.passing(new ValueTest.OneOf(new ValueSet(present)));
    return present.size() == operands.size()
        ? isMember
        : new Condition.AnyOf(new Condition[] {isMember, subject.missing()});
  }

  private static ValueTest test(Operator operator, Value operand) {
    Comparison comparison = comparisonOf(operator);
    return switch (operand) {
      case Value.Bool(boolean value) -> new ValueTest.OfBool(value);
      case Value.Int64(long value) -> new ValueTest.OfInteger(comparison, value);
      case Value.Float64(double value) ->
          ExactNumbers.isLong(value)
              ? new ValueTest.OfInteger(comparison, (long) value)
              : new ValueTest.OfFraction(comparison, value);
      case Value.Text(String value) ->
          new ValueTest.OfText(comparison, value.getBytes(StandardCharsets.UTF_8));
      case Value.Timestamp(long micros) -> new ValueTest.OfTimestamp(comparison, micros);
      case Value.Null _, Value.Array _, Value.Entries _ -> throw new AssertionError(operand);
    };
  }

  private static Comparison comparisonOf(Operator operator) {
    return switch (operator) {
      case EQ, NE -> Comparison.EQUAL;
      case GT -> Comparison.GREATER;
      case GTE -> Comparison.GREATER_OR_EQUAL;
      case LT -> Comparison.LESS;
      case LTE -> Comparison.LESS_OR_EQUAL;
      case IN, NOT_IN, EXISTS, NOT, AND, OR -> throw new AssertionError(operator);
    };
  }

  private Subject subject(String parent, String field, Operator operator) {
    Operands.requireField(parent, field);
    String path = parent + "." + field + "." + operator.symbol();
    if (table.vectors().containsKey(field)) {
      throw Operands.invalid(
          path, "a vector field", "a declared scalar field or metadata, table: " + table.name());
    }
    return new Subject(path, field, table.fields().get(field), fields.indexOf(field));
  }

  /// What a comparison looks at. Immutable.
  ///
  /// @param path where the comparison stands, for errors
  /// @param type the declared type, or null for metadata
  private record Subject(String path, String field, @Nullable FieldType type, int index) {
    Condition passing(ValueTest test) {
      if (type != null) {
        return new Condition.OnField(index, test);
      }
      byte[][] steps =
          Arrays.stream(field.split("\\.", -1))
              .map(step -> step.getBytes(StandardCharsets.UTF_8))
              .toArray(byte[][]::new);
      return new Condition.OnMetadata(field.getBytes(StandardCharsets.UTF_8), steps, test);
    }

    Condition present() {
      return passing(new ValueTest.IsPresent());
    }

    Condition missing() {
      return new Condition.Negation(present());
    }

    Value fitting(String operandPath, Operator operator, Value operand) {
      return type == null
          ? operand
          : new DeclaredField(field, type).fitting(operandPath, operator, operand);
    }
  }
}
