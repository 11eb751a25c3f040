package io.kindred.stream.event;

import io.kindred.engine.FieldType;
import java.util.Locale;

/// What a field of an event holds. Immutable.
public sealed interface Shape {
  /// Whether every event that comes so far has a value.
  boolean isAlwaysThere();

  record Scalar(FieldType type, boolean isAlwaysThere) implements Shape {
    @Override
    public String toString() {
      return type.name().toLowerCase(Locale.ROOT);
    }
  }

  /// @param dimension 0 where it is not known beforehand
  record Vector(int dimension, boolean isAlwaysThere) implements Shape {
    @Override
    public String toString() {
      return dimension == 0 ? "vector" : "vector of " + dimension;
    }
  }
}
