package io.kindred.app.rows;

/// One row that cannot be read; its message becomes a [RowItem.Malformed].
final class MalformedRowException extends Exception {
  private static final long serialVersionUID = 1L;

  MalformedRowException(String message) {
    super(message);
  }

  /// An error about one value: `what: value (expected: expectation)`.
  static MalformedRowException of(String what, Object value, String expectation) {
    return new MalformedRowException(what + ": " + value + " (expected: " + expectation + ")");
  }
}
