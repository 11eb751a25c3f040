package io.kindred.stream.model;

import org.jspecify.annotations.Nullable;

/// A model failed for the rows it was given: for one of them, or altogether.
public final class ModelException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ModelException(String message, @Nullable Throwable cause) {
    super(message, cause);
  }
}
