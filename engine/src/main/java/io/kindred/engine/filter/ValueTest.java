package io.kindred.engine.filter;

import io.kindred.engine.filter.RowFields.Kind;

/// A test of one present value. Immutable.
abstract sealed class ValueTest {
  /// What a comparison of the row's value with the operand must give.
  enum Comparison {
    EQUAL,
    GREATER,
    GREATER_OR_EQUAL,
    LESS,
    LESS_OR_EQUAL;

    boolean accepts(int order) {
      return switch (this) {
        case EQUAL -> order == 0;
        case GREATER -> order > 0;
        case GREATER_OR_EQUAL -> order >= 0;
        case LESS -> order < 0;
        case LESS_OR_EQUAL -> order <= 0;
      };
    }
  }

  /// Whether the value passes; a list does when one of its items does.
  boolean holds(RowFields row, long value) {
    Kind kind = row.kind(value);
    return kind == Kind.ARRAY ? holdsForOneItem(row, value) : holdsFor(row, value, kind);
  }

  /// Whether a value other than a list passes.
  abstract boolean holdsFor(RowFields row, long value, Kind kind);

  private boolean holdsForOneItem(RowFields row, long array) {
    int count = row.itemCount(array);
    long item = count == 0 ? RowFields.ABSENT : row.firstItem(array);
    for (int i = 0; i < count; i++) {
      if (holdsFor(row, item, row.kind(item))) {
        return true;
      }
      item = i + 1 < count ? row.nextItem(item) : RowFields.ABSENT;
    }
    return false;
  }

  /// Is anything but null; an empty list is something.
  static final class IsPresent extends ValueTest {
    @Override
    boolean holds(RowFields row, long value) {
      return row.kind(value) != Kind.NULL;
    }

    @Override
    boolean holdsFor(RowFields row, long value, Kind kind) {
      return kind != Kind.NULL;
    }
  }

  static final class OfBool extends ValueTest {
    private final boolean expected;

    OfBool(boolean expected) {
      this.expected = expected;
    }

    @Override
    boolean holdsFor(RowFields row, long value, Kind kind) {
      return kind == Kind.BOOL && row.bool(value) == expected;
    }
  }

  static final class OfText extends ValueTest {
    private final Comparison comparison;
    private final byte[] operand;

    OfText(Comparison comparison, byte[] operand) {
      this.comparison = comparison;
      this.operand = operand;
    }

    @Override
    boolean holdsFor(RowFields row, long value, Kind kind) {
      if (kind != Kind.TEXT) {
        return false;
      }
      return comparison == Comparison.EQUAL
          ? row.equalsText(value, operand)
          : comparison.accepts(row.compareText(value, operand));
    }
  }

  static final class OfTimestamp extends ValueTest {
    private final Comparison comparison;
    private final long operandMicros;

    OfTimestamp(Comparison comparison, long operandMicros) {
      this.comparison = comparison;
      this.operandMicros = operandMicros;
    }

    @Override
    boolean holdsFor(RowFields row, long value, Kind kind) {
      return kind == Kind.TIMESTAMP
          && comparison.accepts(Long.compare(row.int64(value), operandMicros));
    }
  }

  /// Compares with an integer, whatever type the row's number has.
  static final class OfInteger extends ValueTest {
    private final Comparison comparison;
    private final long operand;

    OfInteger(Comparison comparison, long operand) {
      this.comparison = comparison;
      this.operand = operand;
    }

    @Override
    boolean holdsFor(RowFields row, long value, Kind kind) {
      return switch (kind) {
        case INT64 -> comparison.accepts(Long.compare(row.int64(value), operand));
        case FLOAT64 -> comparison.accepts(-ExactNumbers.compare(operand, row.float64(value)));
        case NULL, BOOL, TEXT, TIMESTAMP, ARRAY, ENTRIES -> false;
      };
    }
  }

  /// Compares with a number that is no `long`.
  static final class OfFraction extends ValueTest {
    private final Comparison comparison;
    private final double operand;

    OfFraction(Comparison comparison, double operand) {
      this.comparison = comparison;
      this.operand = operand;
    }

    @Override
    boolean holdsFor(RowFields row, long value, Kind kind) {
      return switch (kind) {
        case INT64 -> comparison.accepts(ExactNumbers.compare(row.int64(value), operand));
        case FLOAT64 -> comparison.accepts(Double.compare(row.float64(value), operand));
        case NULL, BOOL, TEXT, TIMESTAMP, ARRAY, ENTRIES -> false;
      };
    }
  }

  /// Is one of many values, found by binary search.
  static final class OneOf extends ValueTest {
    private final ValueSet values;

    OneOf(ValueSet values) {
      this.values = values;
    }

    @Override
    boolean holdsFor(RowFields row, long value, Kind kind) {
      return values.contains(row, value, kind);
    }
  }
}
