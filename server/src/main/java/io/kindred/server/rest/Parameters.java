package io.kindred.server.rest;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;

/// Parameters of a query, checked.
final class Parameters {
  private Parameters() {}

  /// An integer from 1.
  static int integer(String name, String text, int max) {
    try {
      int value = Integer.parseInt(text);
      if (value >= 1 && value <= max) {
        return value;
      }
    } catch (NumberFormatException e) {
      throw invalid(name, text, max);
    }
    throw invalid(name, text, max);
  }

  private static KindredException invalid(String name, String text, int max) {
    return KindredException.of(ErrorCode.INVALID_ARGUMENT, name, text, "1 to " + max);
  }
}
