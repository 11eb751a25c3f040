package io.kindred.engine.filter;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// What an operator may be given, whatever field it looks at. Stateless.
final class Operands {
  private static final int SHOWN_CHARS_MAX = 64;

  private Operands() {}

  /// Checks the operand of a comparison with one value.
  static void requireScalar(String path, Operator operator, Value operand) {
    if (Operator.ORDERING.contains(operator)) {
      if (!(operand instanceof Value.Int64
          || operand instanceof Value.Float64
          || operand instanceof Value.Text
          || operand instanceof Value.Timestamp)) {
        throw invalid(path, operand, "a number, text or time");
      }
    } else if (operand instanceof Value.Array) {
      throw invalid(path, operand, "one value; $in takes a list");
    } else if (operand instanceof Value.Entries) {
      throw invalid(path, operand, "a number, text, true, false or null");
    }
    requireWellFormed(path, operand);
  }

  /// Checks the operand of `$in` and `$nin`.
  static void requireList(String path, List<Value> operands) {
    if (operands.size() > Limits.FILTER_LIST_MAX) {
      throw invalid(path, operands.size() + " values", "at most " + Limits.FILTER_LIST_MAX);
    }
    for (int i = 0; i < operands.size(); i++) {
      Value operand = operands.get(i);
      if (operand instanceof Value.Array || operand instanceof Value.Entries) {
        throw invalid(path + "[" + i + "]", operand, "a number, text, true, false or null");
      }
      requireWellFormed(path + "[" + i + "]", operand);
    }
  }

  static void requireField(String path, String field) {
    if (field.isEmpty() || field.startsWith("$")) {
      throw invalid(path, "\"" + field + "\"", "a field's name, not empty, not starting with $");
    }
    requireWellFormed(path, new Value.Text(field));
  }

  static KindredException invalid(String path, Value found, String expectation) {
    return invalid(path, shown(found), expectation);
  }

  static KindredException invalid(String path, String found, String expectation) {
    return KindredException.of(ErrorCode.INVALID_FILTER, path, found, expectation);
  }

  private static void requireWellFormed(String path, Value operand) {
    if (operand instanceof Value.Float64(double number) && !Double.isFinite(number)) {
      throw invalid(path, operand, "a finite number");
    }
    // An encoder would put a question mark where half a character stands, which would then match
    // one.
    if (operand instanceof Value.Text(String text)
        && !StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw invalid(path, "text with an unpaired surrogate", "well-formed Unicode text");
    }
  }

  private static String shown(Value value) {
    return switch (value) {
      case Value.Null _ -> "null";
      case Value.Bool(boolean bool) -> String.valueOf(bool);
      case Value.Int64(long number) -> String.valueOf(number);
      case Value.Float64(double number) -> String.valueOf(number);
      case Value.Text(String text) ->
          text.length() <= SHOWN_CHARS_MAX
              ? "\"" + text + "\""
              : "\"" + text.substring(0, SHOWN_CHARS_MAX) + "…\"";
      case Value.Timestamp(long micros) -> "the time " + micros + " µs";
      case Value.Array(List<Value> items) -> "a list of " + items.size();
      case Value.Entries entries -> entries.values().isEmpty() ? "an empty object" : "an object";
    };
  }
}
