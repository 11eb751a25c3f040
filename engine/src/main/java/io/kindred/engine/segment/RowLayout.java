package io.kindred.engine.segment;

/// Offsets within a row image, the form of a row in the log, in deltas and in bases. Little-endian,
/// 8-byte aligned. See `docs/formats/row.md`.
///
/// ```
///  0 int   length of the image, a multiple of 8
///  4 byte  flags
///  6 short bytes of the key
///  8 long  version: log position of the change that wrote the row
/// 16 long  event time, microseconds since 1970
/// 24 long  expiry, milliseconds since 1970; in the log: time to live, milliseconds
/// 32 int   bit i: the row has a vector of field i
/// 36 int   offset of the metadata, 0 for none
/// 40 int   offset of declared field 0, 0 for none; one for each field
///    key, field values, metadata, padding
/// ```
final class RowLayout {
  static final int LENGTH = 0;
  static final int FLAGS = 4;
  static final int KEY_BYTES = 6;
  static final int VERSION = 8;
  static final int EVENT_TIME = 16;
  static final int EXPIRY = 24;
  static final int VECTORS = 32;
  static final int METADATA = 36;
  static final int FIELDS = 40;

  static final int HAS_EVENT_TIME = 1;
  static final int HAS_EXPIRY = 2;

  static final int ALIGNMENT = 8;

  private RowLayout() {}

  static int fieldOffset(int field) {
    return FIELDS + field * Integer.BYTES;
  }

  static int keyOffset(int fieldCount) {
    return FIELDS + fieldCount * Integer.BYTES;
  }
}
