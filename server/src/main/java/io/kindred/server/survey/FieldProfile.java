package io.kindred.server.survey;

import io.kindred.engine.Value;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// What values one field has in a sample of rows. Owned by one thread.
final class FieldProfile {
  private static final int TOP_MAX = 12;

  private final Map<Value, Integer> counts = new HashMap<>();
  private final List<Double> numbers = new ArrayList<>();
  private int present;

  /// A value and how many rows of the sample have it.
  record Counted(Value value, int count) {}

  /// Takes the value of one row. Each item of a list counts.
  void add(Value value) {
    present++;
    if (value instanceof Value.Array(List<Value> items)) {
      items.forEach(this::count);
    } else {
      count(value);
    }
  }

  private void count(Value value) {
    counts.merge(value, 1, Integer::sum);
    switch (value) {
      case Value.Int64(long number) -> numbers.add((double) number);
      case Value.Float64(double number) -> numbers.add(number);
      case Value.Timestamp(long epochMicros) -> numbers.add(epochMicros / 1e3);
      case Value.Null _, Value.Bool _, Value.Text _, Value.Array _, Value.Entries _ -> {}
    }
  }

  /// Rows of the sample that have the field.
  int present() {
    return present;
  }

  int distinct() {
    return counts.size();
  }

  /// The most frequent values, the first most so; of objects none.
  List<Counted> top() {
    return counts.entrySet().stream()
        .filter(entry -> !(entry.getKey() instanceof Value.Entries))
        .sorted(
            Map.Entry.<Value, Integer>comparingByValue(Comparator.reverseOrder())
                .thenComparing(entry -> entry.getKey().toString()))
        .limit(TOP_MAX)
        .map(entry -> new Counted(entry.getKey(), entry.getValue()))
        .toList();
  }

  boolean isNumeric() {
    return !numbers.isEmpty();
  }

  /// Of the values that are numbers, or instants in milliseconds since 1970.
  Histogram histogram() {
    return Histogram.of(numbers.stream().mapToDouble(Double::doubleValue).toArray());
  }
}
