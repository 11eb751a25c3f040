package io.kindred.engine.segment;

/// What a log record does with the rows of a shard. The codes are part of the log's format.
public enum ChangeKind {
  PUT(0),
  UPDATE(1),
  DELETE(2),
  DELETE_WHERE(3),
  MERGE(4);

  private static final ChangeKind[] VALUES = values();

  private final int code;

  ChangeKind(int code) {
    this.code = code;
  }

  int code() {
    return code;
  }

  static ChangeKind of(int code) {
    return VALUES[code];
  }
}
