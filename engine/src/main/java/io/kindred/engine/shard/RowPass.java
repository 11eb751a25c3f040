package io.kindred.engine.shard;

import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.index.IndexSearch.Passing;
import io.kindred.engine.index.Pass;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Rows;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// The rows of one part that a search may return: alive, with a vector, not expired, not excluded,
/// and matching the filter. Owned by the searching thread.
final class RowPass implements Pass {
  private final Rows rows;
  private final int field;
  private final boolean checksVector;
  private final boolean checksExpiry;
  private final long nowMillis;
  private final int[] excluded;
  private final @Nullable BoundFilter filter;
  private final RowCursor cursor;

  /// @param excluded ordinals of this part, ascending
  RowPass(Rows rows, ShardQuery query, int[] excluded) {
    this.rows = rows;
    this.field = query.field();
    this.checksVector = rows.mayLackVector(field);
    this.checksExpiry = rows.mayExpire();
    this.nowMillis = query.nowMillis();
    this.excluded = excluded;
    this.filter = query.filter();
    this.cursor = new RowCursor(query.schema());
  }

  Passing passing() {
    if (filter != null) {
      return Passing.FILTERED;
    }
    boolean isAll = rows.deadCount() == 0 && !checksVector && !checksExpiry && excluded.length == 0;
    return isAll ? Passing.ALL : Passing.LIVE;
  }

  @Override
  public boolean test(int ordinal) {
    if (rows.isDead(ordinal)
        || (checksVector && !rows.hasVector(field, ordinal))
        || (checksExpiry && rows.expiryMillis(ordinal) <= nowMillis)
        || (excluded.length > 0 && Arrays.binarySearch(excluded, ordinal) >= 0)) {
      return false;
    }
    if (filter == null) {
      return true;
    }
    rows.read(ordinal, cursor);
    return filter.matches(cursor);
  }
}
