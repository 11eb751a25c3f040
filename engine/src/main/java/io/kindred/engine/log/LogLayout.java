package io.kindred.engine.log;

/// The bytes of a log segment: a header, then frames. Little-endian. See docs/formats/log.md.
///
/// ```
/// 0          64
/// ├─ header ─┼─ frame ─┼─ frame ─┼─ …          every frame begins at a multiple of 8
///
/// frame: ├─ checksum 4 ─┼─ length 4 ─┼─ position 8 ─┼─ timestamp 8 ─┼─ synced 8 ─┼─ payload ─┼─ zeros 0..7 ─┤
/// ```
final class LogLayout {
  static final int VERSION = 1;

  /// The ASCII bytes `KINDRED1`, read as a little-endian long.
  static final long MAGIC = 0x3144_4552_444e_494bL;

  static final String NAME = "log";

  static final int HEADER_BYTES = 64;
  static final int MAGIC_OFFSET = 0;
  static final int NAME_OFFSET = 8;
  static final int NAME_BYTES = 16;
  static final int VERSION_OFFSET = 24;
  static final int LOG_ID_OFFSET = 32;
  static final int FIRST_POSITION_OFFSET = 40;
  static final int EARLIER_TIMESTAMP_OFFSET = 48;
  static final int HEADER_CHECKSUM_OFFSET = 60;

  static final int FRAME_HEADER_BYTES = 32;
  static final int CHECKSUM_OFFSET = 0;
  static final int LENGTH_OFFSET = 4;
  static final int POSITION_OFFSET = 8;
  static final int TIMESTAMP_OFFSET = 16;
  static final int SYNCED_OFFSET = 24;

  /// The checksum covers the frame from here to its end, with the zeros that fill it.
  static final int CHECKED_OFFSET = LENGTH_OFFSET;

  static final int ALIGNMENT = 8;

  static final int PAYLOAD_BYTES_MAX = 64 << 20;

  static int frameBytes(int payloadBytes) {
    return (FRAME_HEADER_BYTES + payloadBytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  private LogLayout() {}
}
