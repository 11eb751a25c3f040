package io.kindred.engine.filter;

/// The values of one declared field, by ordinal, all of one kind: numbers as they are, texts as
/// codes of distinct values. Thread-safe.
public interface FieldColumn {
  /// `TEXT`, or the kind of the numbers: `BOOL`, `INT64`, `FLOAT64`, `TIMESTAMP`.
  RowFields.Kind kind();

  /// Which of the 64 rows from this ordinal on, a multiple of 64, have a value: one bit each.
  long present(int ordinal);

  /// The value of a row that has one: its code, from 0; the bits of a `double`; 1 for true; else
  /// the number.
  long raw(int ordinal);

  /// How many codes there are; 0 for numbers.
  int codeCount();

  /// A row that has the value with this code.
  int ordinalOf(int code);
}
