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

  /// Live ordinals of a delta whose keys are behind this one, in key order, the first ones only.
  public int[] firstAfter(Delta delta, @Nullable Key after, int limit) {
    int size = delta.size();
    int[] found = new int[Math.min(size, 2 * limit)];
    int count = 0;
    KeyOrder order = new KeyOrder(delta, schema);
    for (int ordinal = 0; ordinal < size; ordinal++) {
      if (delta.isDead(ordinal)) {
        continue;
      }
      delta.read(ordinal, cursor);
      if (after != null && compare(cursor, after) <= 0) {
        continue;
      }
      if (count == found.length) {
        // Keeps the nearer half: each row is sorted a few times at most.
        order.sort(found);
        count = limit;
      }
      found[count++] = ordinal;
    }
    int[] sorted = Arrays.copyOf(found, count);
    order.sort(sorted);
    return Arrays.copyOf(sorted, Math.min(count, limit));
  }

  private int compare(RowCursor row, Key key) {
    return schema.keyType() == KeyType.UINT64
        ? Long.compareUnsigned(row.slotKey(null), ((Key.Uint64) key).value())
        : Arrays.compareUnsigned(
            java.util.Objects.requireNonNull(row.textKey()), ((Key.Text) key).utf8());
  }
}
