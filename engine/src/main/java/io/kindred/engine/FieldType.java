package io.kindred.engine;

/// The type of a declared scalar field.
public enum FieldType {
  STRING,
  INT64,
  FLOAT64,
  BOOL,
  /// An instant, kept in microseconds since 1970-01-01T00:00:00Z.
  TIMESTAMP,
  STRING_LIST
}
