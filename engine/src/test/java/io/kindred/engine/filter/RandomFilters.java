package io.kindred.engine.filter;

import io.kindred.engine.FieldType;
import io.kindred.engine.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// Random rows and filters over few names and values, so that many filters match some rows. Owned
/// by one thread.
final class RandomFilters {
  private static final List<String> METADATA = List.of("a", "b", "a.b", "c", "é", "deep");
  private static final List<String> PATHS =
      List.of("a", "b", "a.b", "a.b.c", "b.a", "c.é", "deep.a.b", "deep", "x", "a.", ".");
  private static final List<String> TEXTS =
      List.of(
          "",
          "a",
          "ab",
          "b",
          "é",
          "\uffff",
          "\ud83d\ude00",
          "same first eight",
          "same first nine!");
  private static final long[] INTEGERS = {
    0, 1, -1, 2, 1L << 53, (1L << 53) + 1, -(1L << 53) - 1, Long.MAX_VALUE, Long.MIN_VALUE
  };
  private static final double[] NUMBERS = {
    0.0, -0.0, 1.0, 1.5, -1.5, 2.0, 0x1p53, 0x1p63, -0x1p63, 0x1p70, -0x1p70, Double.MIN_VALUE
  };

  private final RandomGenerator random;
  private final Map<String, FieldType> declared;

  RandomFilters(RandomGenerator random, Map<String, FieldType> declared) {
    this.random = random;
    this.declared = declared;
  }

  Map<String, Value> fields() {
    Map<String, Value> fields = new LinkedHashMap<>();
    declared.forEach(
        (name, type) -> {
          if (random.nextInt(4) > 0) {
            fields.put(name, type == FieldType.STRING_LIST ? list(this::text) : fitting(type));
          }
        });
    return fields;
  }

  Map<String, Value> metadata() {
    return random.nextInt(8) == 0 ? Map.of() : entries(0);
  }

  /// @param depth how many more levels the filter may have
  Filter filter(int depth) {
    int choice = random.nextInt(depth > 0 ? 8 : 5);
    return switch (choice) {
      case 5 -> new Filter.And(filters(0, depth));
      case 6 -> new Filter.Or(filters(1, depth));
      case 7 -> new Filter.Not(filter(depth - 1));
      default -> comparison();
    };
  }

  private List<Filter> filters(int least, int depth) {
    return Stream.generate(() -> filter(depth - 1)).limit(random.nextInt(least, 4)).toList();
  }

  private Filter comparison() {
    boolean isDeclared = random.nextBoolean();
    List<String> names = isDeclared ? List.copyOf(declared.keySet()) : PATHS;
    String field = names.get(random.nextInt(names.size()));
    FieldType type = declared.get(field);
    boolean isOrdered = type != FieldType.BOOL;
    return switch (random.nextInt(isOrdered ? 9 : 5)) {
      case 0 -> new Filter.Eq(field, operand(type));
      case 1 -> new Filter.Ne(field, operand(type));
      case 2 -> new Filter.In(field, operands(type));
      case 3 -> new Filter.NotIn(field, operands(type));
      case 4 -> new Filter.Exists(field, random.nextBoolean());
      case 5 -> new Filter.Gt(field, ordered(type));
      case 6 -> new Filter.Gte(field, ordered(type));
      case 7 -> new Filter.Lt(field, ordered(type));
      default -> new Filter.Lte(field, ordered(type));
    };
  }

  private List<Value> operands(@Nullable FieldType type) {
    return Stream.generate(() -> operand(type)).limit(random.nextInt(8)).toList();
  }

  private Value operand(@Nullable FieldType type) {
    if (random.nextInt(10) == 0) {
      return Value.Null.NULL;
    }
    return type == null ? scalar() : fitting(type);
  }

  private Value ordered(@Nullable FieldType type) {
    if (type != null) {
      return fitting(type);
    }
    return random.nextBoolean() ? text() : number();
  }

  private Value fitting(FieldType type) {
    return switch (type) {
      case STRING, STRING_LIST -> text();
      case INT64, FLOAT64 -> number();
      case BOOL -> Value.of(random.nextBoolean());
      case TIMESTAMP -> new Value.Timestamp(random.nextInt(-3, 4));
    };
  }

  private Map<String, Value> entries(int depth) {
    Map<String, Value> values = new LinkedHashMap<>();
    for (String name : METADATA) {
      if (random.nextBoolean()) {
        values.put(name, value(depth + 1));
      }
    }
    return values;
  }

  private Value value(int depth) {
    return switch (random.nextInt(depth < 4 ? 8 : 5)) {
      case 5 -> new Value.Entries(entries(depth));
      case 6, 7 -> list(() -> random.nextBoolean() ? value(depth + 1) : scalar());
      case 4 -> Value.Null.NULL;
      default -> scalar();
    };
  }

  private Value list(Supplier<Value> item) {
    List<Value> items = new ArrayList<>();
    int count = random.nextInt(4);
    for (int i = 0; i < count; i++) {
      items.add(item.get());
    }
    return new Value.Array(items);
  }

  private Value scalar() {
    return switch (random.nextInt(3)) {
      case 0 -> text();
      case 1 -> number();
      default -> Value.of(random.nextBoolean());
    };
  }

  private Value text() {
    return Value.of(TEXTS.get(random.nextInt(TEXTS.size())));
  }

  private Value number() {
    return random.nextBoolean()
        ? Value.of(INTEGERS[random.nextInt(INTEGERS.length)])
        : Value.of(NUMBERS[random.nextInt(NUMBERS.length)]);
  }
}
