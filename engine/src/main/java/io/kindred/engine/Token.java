package io.kindred.engine;

/// A position in the log of one store: a read that is given it sees every write up to it.
/// Immutable.
///
/// @param logId the log that the position belongs to
public record Token(long logId, long position) {
  /// The text form, `<log id, 16 hex digits>-<position, decimal>`.
  @Override
  public String toString() {
    return "%016x-%d".formatted(logId, position);
  }

  /// Reads the text form.
  ///
  /// @throws KindredException with `INVALID_ARGUMENT` where the text is no token
  public static Token parse(String text) {
    int dash = text.indexOf('-');
    if (dash == 16) {
      try {
        long position = Long.parseLong(text, dash + 1, text.length(), 10);
        if (position >= 0) {
          return new Token(Long.parseUnsignedLong(text, 0, dash, 16), position);
        }
      } catch (NumberFormatException e) {
        throw invalid(text, e);
      }
    }
    throw invalid(text, null);
  }

  private static KindredException invalid(
      String text, @org.jspecify.annotations.Nullable Throwable cause) {
    KindredException exception =
        KindredException.of(
            ErrorCode.INVALID_ARGUMENT, "token", text, "a token that a write returned");
    if (cause != null) {
      exception.initCause(cause);
    }
    return exception;
  }
}
