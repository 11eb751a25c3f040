package io.kindred.server.error;

import io.kindred.engine.ErrorCode;

/// Carries a failure that has already been turned into its caller's form, so that it is not logged
/// again. Immutable.
public final class FailureException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private final ErrorCode code;
  private final String text;

  public FailureException(Failure failure) {
    super(failure.message(), null, false, false);
    this.code = failure.code();
    this.text = failure.message();
  }

  public Failure failure() {
    return new Failure(code, text);
  }
}
