package io.kindred.engine.filter;

/// Comparison of `long` with `double` by value. Converting either to the other's type would make
/// 9007199254740993 equal to 9007199254740992.0. Stateless.
final class ExactNumbers {
  private static final double TWO_TO_63 = 0x1p63;

  private ExactNumbers() {}

  /// Whether the finite number is an integer that a `long` holds.
  static boolean isLong(double number) {
    return number >= -TWO_TO_63 && number < TWO_TO_63 && number == Math.rint(number);
  }

  /// The sign of `integer - number`, for a finite number.
  static int compare(long integer, double number) {
    if (number >= TWO_TO_63) {
      return -1;
    }
    if (number < -TWO_TO_63) {
      return 1;
    }
    long truncated = (long) number;
    int order = Long.compare(integer, truncated);
    // What was cut off points away from zero and decides where the integer parts are equal.
    return order != 0 ? order : Double.compare(0.0, number - (double) truncated + 0.0);
  }
}
