package io.kindred.engine.shard;

import io.kindred.engine.Key;
import io.kindred.engine.index.TopK;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Rows;
import io.kindred.engine.segment.Schema;
import java.util.HashSet;
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

  /// Whether a row was replaced or deleted since it was found.
  boolean hasDead(ShardView view) {
    for (int i = 0; i < count; i++) {
      if (isDead(view, i)) {
        return true;
      }
    }
    return false;
  }

  /// Leaves out older rows of keys that are there twice.
  void removeDuplicates(ShardView view, Schema schema) {
    RowCursor cursor = new RowCursor(schema);
    Set<Key> newest = new HashSet<>();
    for (int i = 0; i < count; i++) {
      if (!isDead(view, i)) {
        newest.add(key(view, i, cursor));
      }
    }
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (!isDead(view, i) || newest.add(key(view, i, cursor))) {
        locations[kept] = locations[i];
        distances[kept++] = distances[i];
      }
    }
    count = kept;
  }

  private boolean isDead(ShardView view, int hit) {
    return view.rows(locations[hit]).isDead(ShardView.ordinal(locations[hit]));
  }

  private Key key(ShardView view, int hit, RowCursor cursor) {
    Rows rows = view.rows(locations[hit]);
    rows.read(ShardView.ordinal(locations[hit]), cursor);
    return cursor.key();
  }
}
