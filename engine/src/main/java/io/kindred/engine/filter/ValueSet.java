package io.kindred.engine.filter;

import io.kindred.engine.Value;
import io.kindred.engine.filter.RowFields.Kind;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/// A set of scalar values, sorted by kind. Membership costs a binary search and creates no object.
/// Null is never a member. Immutable.
final class ValueSet {
  private final long[] integers;
  private final double[] fractions;
  private final long[] timestamps;
  private final byte[][] texts;
  private final boolean hasTrue;
  private final boolean hasFalse;

  ValueSet(List<Value> values) {
    integers =
        values.stream().filter(ValueSet::isLong).mapToLong(ValueSet::toLong).sorted().toArray();
    fractions =
        values.stream()
            .filter(value -> value instanceof Value.Float64 && !isLong(value))
            .mapToDouble(value -> ((Value.Float64) value).value())
            .sorted()
            .toArray();
    timestamps =
        values.stream()
            .filter(Value.Timestamp.class::isInstance)
            .mapToLong(value -> ((Value.Timestamp) value).epochMicros())
            .sorted()
            .toArray();
    texts =
        values.stream()
            .filter(Value.Text.class::isInstance)
            .map(value -> ((Value.Text) value).value().getBytes(StandardCharsets.UTF_8))
            .sorted(Arrays::compareUnsigned)
            .toArray(byte[][]::new);
    hasTrue = values.contains(new Value.Bool(true));
    hasFalse = values.contains(new Value.Bool(false));
  }

  boolean contains(RowFields row, long value, Kind kind) {
    return switch (kind) {
      case BOOL -> row.bool(value) ? hasTrue : hasFalse;
      case INT64 -> Arrays.binarySearch(integers, row.int64(value)) >= 0;
      case FLOAT64 -> containsNumber(row.float64(value));
      case TEXT -> containsText(row, value);
      case TIMESTAMP -> Arrays.binarySearch(timestamps, row.int64(value)) >= 0;
      case NULL, ARRAY, ENTRIES -> false;
    };
  }

  private boolean containsNumber(double number) {
    return ExactNumbers.isLong(number)
        ? Arrays.binarySearch(integers, (long) number) >= 0
        : Arrays.binarySearch(fractions, number) >= 0;
  }

  private boolean containsText(RowFields row, long value) {
    int low = 0;
    int high = texts.length - 1;
    while (low <= high) {
      int middle = (low + high) >>> 1;
      int order = row.compareText(value, texts[middle]);
      if (order == 0) {
        return true;
      }
      if (order > 0) {
        low = middle + 1;
      } else {
        high = middle - 1;
      }
    }
    return false;
  }

  private static boolean isLong(Value value) {
    return value instanceof Value.Int64
        || (value instanceof Value.Float64(double number) && ExactNumbers.isLong(number));
  }

  private static long toLong(Value value) {
    return value instanceof Value.Float64(double number)
        ? (long) number
        : ((Value.Int64) value).value();
  }
}
