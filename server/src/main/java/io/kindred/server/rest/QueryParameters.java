package io.kindred.server.rest;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;

/// Parameters of a query string. What is out of bounds is an error that names the parameter.
final class QueryParameters {
  private QueryParameters() {}

  /// An integer from `min` to `max`.
  static long number(String name, String text, long min, long max) {
    try {
      long value = Long.parseLong(text);
      if (value >= min && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw outOfBounds(name, text, min, max);
    }
    throw outOfBounds(name, text, min, max);
  }

  private static KindredException outOfBounds(String name, String text, long min, long max) {
    String expected = max == Long.MAX_VALUE ? "at least " + min : min + " to " + max;
    return KindredException.of(ErrorCode.INVALID_ARGUMENT, name, text, expected);
  }
}
