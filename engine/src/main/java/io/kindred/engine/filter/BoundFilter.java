package io.kindred.engine.filter;

import io.kindred.engine.TableSpec;
import java.util.Collections;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// A filter made ready for one table: names resolved, operands checked against declared types and
/// put into the form that is compared. Looking at a row creates no object.
///
/// Immutable, and so usable by many threads at once, each with its own [RowFields].
public final class BoundFilter {
  private final Condition root;
  private final Filter filter;
  private final Set<Integer> fields;

  /// Made when it is first asked for; two threads may both make it, and make the same.
  private @Nullable FilterDigest digest;

  private BoundFilter(Condition root, Filter filter) {
    this.root = root;
    this.filter = filter;
    Set<Integer> lookedAt = new TreeSet<>();
    root.addFields(lookedAt);
    this.fields = Collections.unmodifiableSet(lookedAt);
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

  /// Which of these rows satisfy it.
  ///
  /// @param rows one bit for each row of the block that is asked about
  public long matches(RowBlock block, long rows) {
    return root.matches(block, rows);
  }

  /// Indices in `TableSpec.fields` of the declared fields that it looks at.
  public Set<Integer> fields() {
    return fields;
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
