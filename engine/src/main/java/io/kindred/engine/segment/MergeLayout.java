package io.kindred.engine.segment;

/// Offsets within what a log record merges into one row. Little-endian, 8-byte aligned; see
/// `docs/formats/change.md`.
///
/// ```
///  0 int   place in the caller's batch
///  4 int   bytes of all of it, a multiple of 8
///  8 long  event time, microseconds since 1970
/// 16 long  time to live, milliseconds, 0 for none
/// 24 short bytes of the key
/// 26 short operations
/// 28 int   0
/// 32       key, zeros to a multiple of 8, operations
/// ```
///
/// An operation begins with its length, its kind, and the length of its state's name. An assignment
/// is a row image in the form of an update, with its vectors; the others are the numbers below,
/// then the name and zeros to a multiple of 8. A mean has its vector between numbers and name, a
/// count `int field, int 0, long length in seconds` for each window.
final class MergeLayout {
  static final int INDEX = 0;
  static final int LENGTH = 4;
  static final int EVENT_TIME = 8;
  static final int TIME_TO_LIVE = 16;
  static final int KEY_BYTES = 24;
  static final int OPERATIONS = 26;
  static final int KEY = 32;

  static final int OPERATION_LENGTH = 0;
  static final int OPERATION_KIND = 4;
  static final int NAME_BYTES = 6;

  static final int ASSIGN_ROW = 8;

  static final int MEAN_FIELD = 8;
  static final int MEAN_SCALING = 12;
  static final int MEAN_WEIGHT = 16;
  static final int MEAN_HALF_LIFE = 24;
  static final int MEAN_VECTOR = 32;

  static final int COUNT_AMOUNT = 8;
  static final int COUNT_WINDOWS = 16;
  static final int COUNT_FIRST = 24;
  static final int WINDOW_FIELD = 0;
  static final int WINDOW_SECONDS = 8;
  static final int WINDOW_BYTES = 16;

  static final int FILTER_KEY_HASH = 8;
  static final int FILTER_CAPACITY = 16;
  static final int FILTER_HASHES = 20;
  static final int FILTER_BITS = 24;
  static final int FILTER_NAME = 32;

  static final short ASSIGN = 0;
  static final short DECAYED_MEAN = 1;
  static final short COUNT = 2;
  static final short ADD_TO_FILTER = 3;

  private MergeLayout() {}
}
