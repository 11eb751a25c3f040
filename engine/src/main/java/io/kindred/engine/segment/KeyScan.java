package io.kindred.engine.segment;

import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Walks rows in key order. Owned by one thread.
public final class KeyScan {
  private final Schema schema;
  private final RowCursor cursor;

  public KeyScan(Schema schema) {
    this.schema = schema;
    this.cursor = new RowCursor(schema);
  }

  /// The first ordinal of a base whose key is behind this one.
  public int firstAfter(Base base, @Nullable Key after) {
    if (after == null) {
      return 0;
    }
    int low = 0;
    int high = base.size();
    while (low < high) {
      int middle = (low + high) >>> 1;
      base.read(middle, cursor);
      if (compare(cursor, after) <= 0) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /// Ordinals in key order, each key once. Immutable.
  ///
  /// @param hasMore whether there may be rows behind the last one; then there is a last one
  public record Found(int[] ordinals, boolean hasMore) {}

  /// Live ordinals of a delta whose keys are behind this one, in key order, the first ones only.
  ///
  /// Rows may be appended meanwhile: of a row that is replaced, the old or the new one is found.
  public Found firstAfter(Delta delta, @Nullable Key after, int limit) {
    int[] found = new int[Math.min(Math.max(delta.size(), 16), 2 * limit)];
    int count = 0;
    boolean hasMore = false;
    KeyOrder order = new KeyOrder(delta, schema);
    // The size is asked for each time: what died when it was passed by lives on at the end.
    for (int ordinal = 0; ordinal < delta.size(); ordinal++) {
      if (delta.isDead(ordinal)) {
        continue;
      }
      delta.read(ordinal, cursor);
      if (after != null && compare(cursor, after) <= 0) {
        continue;
      }
      if (count == 2 * limit) {
        // Keeps the nearer half: each row is sorted a few times at most.
        order.sort(found);
        count = limit;
        hasMore = true;
      } else if (count == found.length) {
        found = Arrays.copyOf(found, (int) Math.min(2L * count, 2L * limit));
      }
      found[count++] = ordinal;
    }
    int[] sorted = Arrays.copyOf(found, count);
    order.sort(sorted);
    int[] first = Arrays.copyOf(sorted, Math.min(count, limit));
    return new Found(newestOfEach(delta, first), hasMore || count > limit);
  }

  /// A row that was replaced just when it was looked at stands beside its successor.
  private int[] newestOfEach(Delta delta, int[] sorted) {
    RowCursor next = new RowCursor(schema);
    int count = 0;
    for (int i = 0; i < sorted.length; i++) {
      if (i + 1 < sorted.length) {
        delta.read(sorted[i], cursor);
        delta.read(sorted[i + 1], next);
        if (cursor.compareKey(next) == 0) {
          // Both sorts are stable, so the successor stands behind.
          continue;
        }
      }
      sorted[count++] = sorted[i];
    }
    return count == sorted.length ? sorted : Arrays.copyOf(sorted, count);
  }

  private int compare(RowCursor row, Key key) {
    return schema.keyType() == KeyType.UINT64
        ? Long.compareUnsigned(row.slotKey(null), ((Key.Uint64) key).value())
        : Arrays.compareUnsigned(
            java.util.Objects.requireNonNull(row.textKey()), ((Key.Text) key).utf8());
  }
}
