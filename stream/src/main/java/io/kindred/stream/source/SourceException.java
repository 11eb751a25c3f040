package io.kindred.stream.source;

import org.jspecify.annotations.Nullable;

/// A source cannot be read now. The message names it and what was expected.
public final class SourceException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public SourceException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
