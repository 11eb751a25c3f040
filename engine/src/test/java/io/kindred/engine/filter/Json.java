package io.kindred.engine.filter;

import io.kindred.engine.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// JSON values, written down shortly. Stateless.
final class Json {
  private Json() {}

  static Value object() {
    return Value.Entries.EMPTY;
  }

  static Value object(String name, Value value) {
    return new Value.Entries(Map.of(name, value));
  }

  static Value object(String name, Value value, String otherName, Value otherValue) {
    Map<String, Value> values = new LinkedHashMap<>();
    values.put(name, value);
    values.put(otherName, otherValue);
    return new Value.Entries(values);
  }

  static Value array(Value... items) {
    return new Value.Array(List.of(items));
  }
}
