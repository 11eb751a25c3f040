package io.kindred.engine.segment;

/// Offsets within a log record that changes rows of one shard. Little-endian; see
/// `docs/formats/change.md`.
///
/// ```
///  0 byte  record kind: 2, or 3 where the change is of events
///  1 byte  change kind
///  2 short shard
///  4 int   version of the table
///  8 long  table id
/// 16 int   entries
/// 20 short bytes of the origin's name, 0 for none
/// 22       the name: operation id, or source of the events; padding to 8
///          of events only: int partition, int 0
///          entries
/// ```
///
/// An entry of a put or an update is `int index, int condition (0 none, 1 expected version), long
/// expected version`, the row image and its vectors; of a merge see [MergeLayout]; of a delete `int
/// index, short bytes, key`, padded to 8. A delete by filter has one entry, the filter as a value.
/// Where the change is of events, each entry stands behind its event's offset, a long.
final class ChangeLayout {
  static final int RECORD_KIND = 0;
  static final int CHANGE_KIND = 1;
  static final int SHARD = 2;
  static final int VERSION = 4;
  static final int TABLE = 8;
  static final int COUNT = 16;
  static final int ORIGIN_BYTES = 20;
  static final int ORIGIN = 22;
  static final int PARTITION_BYTES = 8;

  static final int ENTRY_INDEX = 0;
  static final int ENTRY_CONDITION = 4;
  static final int ENTRY_EXPECTED_VERSION = 8;
  static final int ENTRY_ROW = 16;

  private ChangeLayout() {}
}
