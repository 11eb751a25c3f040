package io.kindred.engine;

import java.util.List;
import java.util.Map;

/// A value of a declared field or of free metadata: JSON's values, with integers and instants told
/// apart. Immutable.
public sealed interface Value {
  /// JSON's null. In an update it removes the field or the metadata entry.
  enum Null implements Value {
    NULL
  }

  record Bool(boolean value) implements Value {}

  record Int64(long value) implements Value {}

  record Float64(double value) implements Value {}

  record Text(String value) implements Value {}

  /// Microseconds since 1970-01-01T00:00:00Z. Only declared fields hold it; metadata does not.
  record Timestamp(long epochMicros) implements Value {}

  record Array(List<Value> items) implements Value {
    public Array {
      items = List.copyOf(items);
    }
  }

  /// Entries keep the order in which they were given.
  record Entries(Map<String, Value> values) implements Value {
    public static final Entries EMPTY = new Entries(Map.of());

    public Entries {
      values = java.util.Collections.unmodifiableMap(new java.util.LinkedHashMap<>(values));
    }
  }

  static Value of(String value) {
    return new Text(value);
  }

  static Value of(long value) {
    return new Int64(value);
  }

  static Value of(double value) {
    return new Float64(value);
  }

  static Value of(boolean value) {
    return new Bool(value);
  }
}
