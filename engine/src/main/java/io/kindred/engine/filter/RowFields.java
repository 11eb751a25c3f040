package io.kindred.engine.filter;

/// The values of one row, as a filter looks at them, without creating an object for any. A value is
/// named by its address, which is meaningful to this row only; -1 stands for an absent value.
///
/// Owned by one thread.
public interface RowFields {
  long ABSENT = -1;

  enum Kind {
    NULL,
    BOOL,
    INT64,
    FLOAT64,
    TEXT,
    TIMESTAMP,
    ARRAY,
    ENTRIES
  }

  /// Address of the declared field with this index in `TableSpec.fields`, or -1.
  long field(int index);

  /// Address of the metadata object, or -1.
  long metadata();

  /// Address of an entry of an object, by its name in UTF-8, or -1.
  long entry(long object, byte[] name);

  Kind kind(long value);

  boolean bool(long value);

  /// The integer, or the microseconds of a timestamp.
  long int64(long value);

  double float64(long value);

  /// Compares the text's UTF-8 bytes, unsigned, with the given ones.
  int compareText(long value, byte[] utf8);

  boolean equalsText(long value, byte[] utf8);

  int itemCount(long array);

  /// Address of the first item of an array that has one.
  long firstItem(long array);

  /// Address of the item behind this one of the same array.
  long nextItem(long item);
}
