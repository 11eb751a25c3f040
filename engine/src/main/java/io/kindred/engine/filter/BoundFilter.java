package io.kindred.engine.filter;

import io.kindred.engine.TableSpec;

/// A filter made ready for one table: names resolved, operands checked against declared types and
/// put into the form that is compared. Looking at a row creates no object.
///
/// Immutable, and so usable by many threads at once, each with its own [RowFields].
public final class BoundFilter {
  private final Condition root;

  private BoundFilter(Condition root) {
    this.root = root;
  }

  /// The filter for rows of this table.
  ///
  /// @throws io.kindred.engine.KindredException `INVALID_FILTER` where an operand does not fit its
  ///   field or operator, or the filter is too large. The message names the place in the filter's
  ///   normal form, in which conditions side by side stand in an `$and`.
  public static BoundFilter bind(Filter filter, TableSpec table) {
    FilterBounds.require(filter);
    return new BoundFilter(new FilterBinder(table).condition("filter", filter));
  }

  /// Whether the row satisfies the filter.
  public boolean matches(RowFields row) {
    return root.matches(row);
  }
}
