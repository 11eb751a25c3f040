package io.kindred.bench.report;

/// A flag, value or file that a benchmark cannot work with. Its message names the value, the
/// expectation and the place: `--k: 0 (expected: 1 to 10000)`.
public final class BadInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public BadInputException(String what, Object value, String expectation) {
    super(what + ": " + value + " (expected: " + expectation + ")");
  }

  /// @param message in the same form
  public BadInputException(String message) {
    super(message);
  }
}
