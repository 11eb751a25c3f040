package io.kindred.engine.filter;

import io.kindred.engine.TableSpec;
import org.jspecify.annotations.Nullable;

/// A filter made ready for one table: names resolved, operands checked against declared types and
/// put into the form that is compared. Looking at a row creates no object.
///
/// Immutable, and so usable by many threads at once, each with its own [RowFields].
public final class BoundFilter {
  private final Condition root;
  private final Filter filter;

  /// Made when it is first asked for; two threads may both make it, and make the same.
  private @Nullable FilterDigest digest;

  private BoundFilter(Condition root, Filter filter) {
    this.root = root;
    this.filter = filter;
  }

  /// The filter for rows of this table.
  ///
  /// @throws io.kindred.engine.KindredException `INVALID_FILTER` where an operand does not fit its
  ///   field or operator, or the filter is too large. The message names the place in the filter's
  ///   normal form, in which conditions side by side stand in an `$and`.
  public static BoundFilter bind(Filter filter, TableSpec table) {
    FilterBounds.require(filter);
    return new BoundFilter(new FilterBinder(table).condition("filter", filter), filter);
  }

  /// Whether the row satisfies the filter.
  public boolean matches(RowFields row) {
    return root.matches(row);
  }

  /// Tells this filter from others of the same table.
  public FilterDigest digest() {
    FilterDigest made = digest;
    if (made == null) {
      made = FilterDigest.of(filter);
      digest = made;
    }
    return made;
  }
}
