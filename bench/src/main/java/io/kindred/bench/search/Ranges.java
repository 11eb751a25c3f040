package io.kindred.bench.search;

import io.kindred.bench.report.BadInputException;

/// Bounds of flags.
final class Ranges {
  private Ranges() {}

  /// @throws BadInputException where the value lies outside
  static void require(String option, long value, long least, long largest) {
    if (value < least || value > largest) {
      throw new BadInputException(option, value, least + " to " + largest);
    }
  }
}
