package io.kindred.engine.shard;

import io.kindred.engine.Key;
import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.KeyScan;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// Reads a shard's rows in key order, a page at a time. Immutable, thread-safe.
///
/// @param after the page starts behind this key
/// @param limit rows at most
/// @param filter which rows to return
public record ShardScan(
    Shard shard,
    @Nullable Key after,
    int limit,
    @Nullable BoundFilter filter,
    Projection projection,
    long nowMillis) {
  /// Rows of the base that one page looks at, for each row that it may hold.
  private static final int LOOKS_PER_ROW = 50;

  private static final int ATTEMPTS_MAX = 4;

  /// Rows in key order.
  ///
  /// @param completeTo rows up to this key are all there, if they match; null where no row is
  ///   behind
  public record Page(List<StoredRow> rows, @Nullable Key completeTo) {}

  public Page page() {
    for (int attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
      Page page = tryPage();
      if (page != null) {
        return page;
      }
    }
    return shard.whileUnchanged(() -> Objects.requireNonNull(tryPage(), "nothing has changed"));
  }

  /// @return null where rows moved to a newer view meanwhile, so that one could be missing
  private @Nullable Page tryPage() {
    ShardView view = shard.acquire();
    try {
      Page page = new Collecting(view).page();
      return shard.isCurrent(view) ? page : null;
    } finally {
      view.lifetime().release();
    }
  }

  /// One page in the making: the base's rows, then each delta's merged in. A row that moves to a
  /// delta meanwhile may be seen in both, and is then taken from the newer one.
  private final class Collecting {
    private final ShardView view;
    private final RowCursor cursor = new RowCursor(shard.schema());
    private List<StoredRow> rows = new ArrayList<>();
    private @Nullable Key completeTo;

    Collecting(ShardView view) {
      this.view = view;
    }

    Page page() {
      Base base = view.base();
      if (base != null) {
        addBase(base);
      }
      for (Delta delta : view.deltas()) {
        addDelta(delta);
      }
      if (rows.size() > limit) {
        rows = rows.subList(0, limit);
        narrowTo(rows.getLast().key());
      }
      Key horizon = completeTo;
      if (horizon != null) {
        rows.removeIf(row -> row.key().compareTo(horizon) > 0);
      }
      return new Page(rows, horizon);
    }

    private void addBase(Base base) {
      int ordinal = new KeyScan(shard.schema()).firstAfter(base, after);
      long looksLeft = (long) limit * LOOKS_PER_ROW;
      while (ordinal < base.size() && rows.size() < limit && looksLeft-- > 0) {
        if (!base.isDead(ordinal) && matches(base, ordinal)) {
          rows.add(RowReader.read(base, ordinal, projection, cursor));
        }
        ordinal++;
      }
      if (ordinal < base.size() && ordinal > 0) {
        base.read(ordinal - 1, cursor);
        narrowTo(cursor.key());
      }
    }

    private void addDelta(Delta delta) {
      KeyScan.Found found = new KeyScan(shard.schema()).firstAfter(delta, after, limit);
      int[] ordinals = found.ordinals();
      List<StoredRow> more = new ArrayList<>();
      for (int ordinal : ordinals) {
        if (matches(delta, ordinal)) {
          more.add(RowReader.read(delta, ordinal, projection, cursor));
        }
      }
      if (found.hasMore()) {
        delta.read(ordinals[ordinals.length - 1], cursor);
        narrowTo(cursor.key());
      }
      rows = merge(rows, more);
    }

    private boolean matches(Rows source, int ordinal) {
      if (source.mayExpire() && source.expiryMillis(ordinal) <= nowMillis) {
        return false;
      }
      if (filter == null) {
        return true;
      }
      source.read(ordinal, cursor);
      return filter.matches(cursor);
    }

    private void narrowTo(Key key) {
      if (completeTo == null || key.compareTo(completeTo) < 0) {
        completeTo = key;
      }
    }
  }

  private static List<StoredRow> merge(List<StoredRow> older, List<StoredRow> newer) {
    List<StoredRow> merged = new ArrayList<>(older.size() + newer.size());
    int a = 0;
    int b = 0;
    while (a < older.size() && b < newer.size()) {
      int order = older.get(a).key().compareTo(newer.get(b).key());
      if (order < 0) {
        merged.add(older.get(a++));
      } else {
        merged.add(newer.get(b++));
        a += order == 0 ? 1 : 0;
      }
    }
    merged.addAll(older.subList(a, older.size()));
    merged.addAll(newer.subList(b, newer.size()));
    return merged;
  }
}
