package io.kindred.stream.config;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;

/// Where something stands in a pipeline's file. Immutable.
///
/// @param line from 1
/// @param column from 1
public record Place(String file, int line, int column) {

  /// An error about what stands here.
  ///
  /// @param what is named, such as `steps[2].taste.half_life`
  public KindredException problem(String what, String found, String expected) {
    return new KindredException(
        ErrorCode.INVALID_ARGUMENT,
        this + ": " + what + ": " + found + " (expected: " + expected + ")");
  }

  /// The same error, said to be about what stands here.
  public KindredException within(KindredException error) {
    String message = String.valueOf(error.getMessage());
    return message.startsWith(file + ":")
        ? error
        : new KindredException(error.code(), this + ": " + message, error);
  }

  @Override
  public String toString() {
    return file + ":" + line + ":" + column;
  }
}
