package io.kindred.engine.shard;

import io.kindred.engine.Key;
import io.kindred.engine.index.TopK;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Rows;
import io.kindred.engine.segment.Schema;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The nearest rows of all parts of a shard. Owned by the searching thread.
final class NearestRows {
  private final int k;
  private final int[] ordinals;
  private final float[] drained;
  private long[] locations;
  private float[] distances;
  private int count;

  NearestRows(int k) {
    this.k = k;
    this.ordinals = new int[k];
    this.drained = new float[k];
    this.locations = new long[k];
    this.distances = new float[k];
  }

  int count() {
    return count;
  }

  boolean isFull() {
    return count == k;
  }

  /// The distance of the farthest while there are `k`, else infinite.
  float farthest() {
    return isFull() ? distances[k - 1] : Float.POSITIVE_INFINITY;
  }

  float[] distances() {
    return distances;
  }

  long[] locations() {
    return locations;
  }

  void clear() {
    count = 0;
  }

  /// Merges the nearest of one part, and leaves them empty.
  ///
  /// @param part the location of the part's ordinal 0
  void merge(TopK nearest, long part) {
    int more = nearest.drain(ordinals, drained);
    if (more == 0) {
      return;
    }
    int total = Math.min(k, count + more);
    long[] mergedLocations = new long[k];
    float[] mergedDistances = new float[k];
    int a = 0;
    int b = 0;
    for (int i = 0; i < total; i++) {
      if (b == more || (a < count && distances[a] <= drained[b])) {
        mergedLocations[i] = locations[a];
        mergedDistances[i] = distances[a++];
      } else {
        mergedLocations[i] = part | ordinals[b];
        mergedDistances[i] = drained[b++];
      }
    }
    locations = mergedLocations;
    distances = mergedDistances;
    count = total;
  }

  /// Leaves out rows that another one of the same key has replaced.
  ///
  /// @param firstNew only rows from this location on may have replaced one while the search ran
  /// @return how many were left out
  int removeReplaced(ShardView view, Schema schema, long firstNew) {
    if (!hasFrom(firstNew)) {
      return 0;
    }
    RowCursor cursor = new RowCursor(schema);
    Map<Key, Long> newest = new HashMap<>();
    for (int i = 0; i < count; i++) {
      newest.merge(key(view, i, cursor), locations[i], Math::max);
    }
    int found = count;
    count = 0;
    for (int i = 0; i < found; i++) {
      Long location = newest.get(key(view, i, cursor));
      if (location != null && location == locations[i]) {
        locations[count] = locations[i];
        distances[count++] = distances[i];
      }
    }
    return found - count;
  }

  /// Whether a row of the active delta has one of the keys.
  boolean hasActive(ShardView view, Schema schema, List<Key> keys) {
    if (keys.isEmpty() || !hasFrom(ShardView.ACTIVE_PART)) {
      return false;
    }
    RowCursor cursor = new RowCursor(schema);
    Set<Key> wanted = new HashSet<>(keys);
    for (int i = 0; i < count; i++) {
      if (locations[i] >= ShardView.ACTIVE_PART && wanted.contains(key(view, i, cursor))) {
        return true;
      }
    }
    return false;
  }

  private boolean hasFrom(long location) {
    for (int i = 0; i < count; i++) {
      if (locations[i] >= location) {
        return true;
      }
    }
    return false;
  }

  private Key key(ShardView view, int hit, RowCursor cursor) {
    Rows rows = view.rows(locations[hit]);
    rows.read(ShardView.ordinal(locations[hit]), cursor);
    return cursor.key();
  }
}
