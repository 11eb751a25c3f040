package io.kindred.app.rows;

/// What a reader finds at one place of a file. Immutable.
public sealed interface RowItem permits DraftRow, RowItem.Malformed {
  /// The line number, from 1, or for a binary format the row number, from 0.
  long place();

  /// A row that cannot be read; those behind it can.
  record Malformed(long place, String reason) implements RowItem {}
}
