package io.kindred.stream.step;

/// Something failed that may heal: the same events are to be tried again later.
public final class TryAgainException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public TryAgainException(String message) {
    super(message, null, false, false);
  }

  public TryAgainException(String message, Throwable cause) {
    super(message, cause);
  }
}
