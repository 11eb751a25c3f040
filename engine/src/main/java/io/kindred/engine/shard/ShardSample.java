package io.kindred.engine.shard;

import io.kindred.engine.Key;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Rows;
import java.util.ArrayList;
import java.util.List;

/// Takes every so many-th live row of a shard's parts, and looks at no other. Immutable,
/// thread-safe.
///
/// @param stride live rows from one taken row to the next, at least 1
public record ShardSample(Shard shard, double stride, long nowMillis) {
  /// The keys that were taken: those of the base in key order, then those of the deltas.
  public List<Key> keys() {
    ShardView view = shard.acquire();
    try {
      List<Key> keys = new ArrayList<>();
      Base base = view.base();
      if (base != null) {
        take(base, keys);
      }
      for (Delta delta : view.deltas()) {
        take(delta, keys);
      }
      return keys;
    } finally {
      view.lifetime().release();
    }
  }

  /// Dead rows are taken to be spread as live ones are.
  private void take(Rows rows, List<Key> keys) {
    int size = rows.size();
    int live = size - rows.deadCount();
    if (live <= 0) {
      return;
    }
    RowCursor cursor = new RowCursor(shard.schema());
    double ordinalsEach = stride * size / live;
    int before = -1;
    for (double end = ordinalsEach; end <= size; end += ordinalsEach) {
      int ordinal = (int) Math.ceil(end) - 1;
      while (ordinal > before && isGone(rows, ordinal)) {
        ordinal--;
      }
      if (ordinal > before) {
        rows.read(ordinal, cursor);
        keys.add(cursor.key());
        before = ordinal;
      }
    }
  }

  private boolean isGone(Rows rows, int ordinal) {
    return rows.isDead(ordinal) || (rows.mayExpire() && rows.expiryMillis(ordinal) <= nowMillis);
  }
}
