package io.kindred.engine.filter;

import org.jspecify.annotations.Nullable;

/// Rows by ordinal, as a filter that looks at many of them wants them. Owned by one thread.
public interface RowSource {
  /// The values of a row, until the next call.
  RowFields row(int ordinal);

  /// The values of a declared field of all rows, or null where they are only in the rows.
  @Nullable FieldColumn column(int field);
}
