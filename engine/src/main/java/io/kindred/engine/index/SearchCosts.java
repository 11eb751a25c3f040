package io.kindred.engine.index;

/// What the steps of a search take, in nanoseconds, as far as choosing between ways to search needs
/// to know. Measured; `docs/adr/0010-pass-bits.md` has how and on what.
public final class SearchCosts {
  /// To test the fields of a row that its pass has to read, rows in order.
  public static final double TEST_NANOS = 45;

  /// The same where the fields are kept in columns.
  public static final double TEST_COLUMN_NANOS = 6;

  /// The same for rows anywhere: each is a miss of the cache.
  static final double TEST_ANYWHERE_NANOS = 120;

  /// To test what needs no row: a bit, whether it is dead or expired, a short exclusion.
  static final double LIVE_NANOS = 2;

  /// To look at one bit of a filter while those that are set are gathered.
  static final double BIT_NANOS = 0.05;

  private SearchCosts() {}

  /// To compare rows that follow each other.
  static double scanNanos(int dimension) {
    return 2 + 0.19 * dimension;
  }

  /// To compare listed rows, ascending, that lie apart.
  static double listedNanos(int dimension) {
    return 10 + 0.22 * dimension;
  }

  /// To compare listed rows, ascending, that lie apart, by codes of so many bytes.
  public static double codeNanos(long bytes) {
    return 5 + 0.075 * bytes;
  }

  /// Rows that a walk compares to fill a beam: 400 for 10, 1,660 for 64, 3,900 for 200.
  public static double visits(double width) {
    return 68 * Math.pow(width, 0.77);
  }

  /// To reach and compare a row in a walk, by codes of eight bits.
  static double walkNanos(int dimension) {
    return 15 + 0.12 * dimension;
  }
}
