package io.kindred.engine.segment;

/// What a log record does with the rows of a shard. The order is part of the log's format.
public enum ChangeKind {
  PUT,
  UPDATE,
  DELETE,
  DELETE_WHERE;

  private static final ChangeKind[] VALUES = values();

  static ChangeKind of(int code) {
    return VALUES[code];
  }
}
