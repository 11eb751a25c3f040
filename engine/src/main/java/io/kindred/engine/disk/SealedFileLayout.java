package io.kindred.engine.disk;

/// The bytes around the payload of a [SealedFile]. Little-endian. See docs/formats/sealed-file.md.
///
/// ```
/// 0          64                       8-aligned     +32
/// ├─ header ─┼─ payload ─┼─ zeros 0..7 ─┼─ footer ─┤
/// ```
final class SealedFileLayout {
  static final int HEADER_BYTES = 64;

  /// The ASCII bytes `KINDRED1`, read as a little-endian long.
  static final long MAGIC = 0x3144_4552_444e_494bL;

  static final int MAGIC_OFFSET = 0;
  static final int NAME_OFFSET = 8;
  static final int NAME_BYTES = 16;
  static final int VERSION_OFFSET = 24;
  static final int HEADER_FILE_ID_OFFSET = 32;
  static final int HEADER_CHECKSUM_OFFSET = 60;

  static final int FOOTER_BYTES = 32;
  static final int PAYLOAD_BYTES_OFFSET = 0;
  static final int FOOTER_FILE_ID_OFFSET = 8;
  static final int PAYLOAD_CHECKSUM_OFFSET = 16;
  static final int FOOTER_CHECKSUM_OFFSET = 28;

  static final int ALIGNMENT = 8;

  static long footerOffset(long payloadBytes) {
    return (HEADER_BYTES + payloadBytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  static long fileBytes(long payloadBytes) {
    return footerOffset(payloadBytes) + FOOTER_BYTES;
  }

  private SealedFileLayout() {}
}
