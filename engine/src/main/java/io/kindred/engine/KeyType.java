package io.kindred.engine;

/// The type of a table's keys.
public enum KeyType {
  STRING,
  UINT64
}
