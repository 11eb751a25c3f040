package io.kindred.engine.segment;

/// Offsets within a log record that changes rows of one shard. Little-endian; see
/// `docs/formats/change.md`.
///
/// ```
///  0 byte  record kind: 2
///  1 byte  change kind
///  2 short shard
///  4 int   version of the table
///  8 long  table id
/// 16 int   entries
/// 20 short bytes of the operation id, 0 for none
/// 22       operation id, padding to 8, entries
/// ```
///
/// An entry of a put or an update is `int index, int condition (0 none, 1 expected version), long
/// expected version`, the row image and its vectors; of a delete `int index, short bytes, key`,
/// padded to 8. A delete by filter has one entry, the filter as a value.
final class ChangeLayout {
  static final int RECORD_KIND = 0;
  static final int CHANGE_KIND = 1;
  static final int SHARD = 2;
  static final int VERSION = 4;
  static final int TABLE = 8;
  static final int COUNT = 16;
  static final int OPERATION_BYTES = 20;
  static final int OPERATION = 22;

  static final int ENTRY_INDEX = 0;
  static final int ENTRY_CONDITION = 4;
  static final int ENTRY_EXPECTED_VERSION = 8;
  static final int ENTRY_ROW = 16;

  private ChangeLayout() {}
}
