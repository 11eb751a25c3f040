package io.kindred.engine;

/// The engine's one exception. Its message names the value, the expectation and the place:
/// `dimension: 96 (expected: 128, table: items, field: embedding)`.
public final class KindredException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;

  public KindredException(ErrorCode code, String message) {
    super(message);
    this.code = code;
  }

  public KindredException(ErrorCode code, String message, Throwable cause) {
    super(message, cause);
    this.code = code;
  }

  public ErrorCode code() {
    return code;
  }

  /// An error about one value: `what: value (expected: expectation)`.
  public static KindredException of(ErrorCode code, String what, Object value, String expectation) {
    return new KindredException(code, what + ": " + value + " (expected: " + expectation + ")");
  }
}
