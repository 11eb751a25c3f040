package io.kindred.engine.hnsw;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.GraphMemory;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/// Where walks begin: the nearest of some rows, which are compared one after the other as they lie
/// in memory. They take the place of a hierarchy of layers, which leads to the same rows by random
/// accesses (Munyampirwa et al., arXiv 2412.01940, found it to gain nothing from some 30 dimensions
/// on).
///
/// Under the inner product they are the longest rows, which answer most queries where lengths are
/// skewed, and a walk begins from all of them that are near enough.
final class Entries {
  private static final int COUNT_MAX = 1024;
  private static final int COUNT_MIN = 32;

  /// Under the inner product: of more, comparing them costs more than their recall gains.
  private static final int LONGEST_MAX = 256;

  private static final int SEEDS = 2;

  private Entries() {}

  /// Chooses the entries among rows.
  static int[] choose(Metric metric, VectorRows rows, RowSet set) {
    if (metric == Metric.DOT) {
      return longest(rows, set, Math.min(set.count(), LONGEST_MAX));
    }
    int wanted = Math.clamp((long) Math.sqrt(set.count()), COUNT_MIN, COUNT_MAX);
    return spread(set, Math.min(set.count(), wanted));
  }

  /// Rows lie in key order, which says nothing of where they are in space.
  private static int[] spread(RowSet set, int count) {
    int[] chosen = new int[count];
    for (int i = 0; i < count; i++) {
      chosen[i] = set.get((int) ((long) i * set.count() / count));
    }
    return chosen;
  }

  private static int[] longest(VectorRows rows, RowSet set, int count) {
    // The least of those kept is on top: a length's bits, which order as it does, and the row.
    long[] heap = new long[count];
    int size = 0;
    float[] vector = new float[rows.dimension()];
    for (int i = 0; i < set.count(); i++) {
      int ordinal = set.get(i);
      rows.copyTo(ordinal, vector);
      float squares = 0;
      for (float value : vector) {
        squares += value * value;
      }
      long entry = (long) Float.floatToRawIntBits(squares) << 32 | ordinal;
      if (size < count) {
        heap[size++] = entry;
        if (size == count) {
          Arrays.sort(heap);
        }
      } else if (entry > heap[0]) {
        heap[0] = entry;
        siftDown(heap);
      }
    }
    Arrays.sort(heap, 0, size);
    int[] ordinals = new int[size];
    for (int i = 0; i < size; i++) {
      ordinals[i] = (int) heap[size - 1 - i];
    }
    return ordinals;
  }

  private static void siftDown(long[] heap) {
    int at = 0;
    long moved = heap[0];
    for (int child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) {
        child++;
      }
      if (heap[child] >= moved) {
        break;
      }
      heap[at] = heap[child];
      at = child;
    }
    heap[at] = moved;
  }

  /// The entries as the kernels take them.
  static GraphMemory.Entries memory(Metric metric, Codes codes, int[] ordinals, Arena arena) {
    MemorySegment ids = arena.allocate(Math.max(1, ordinals.length) * 4L, 64);
    MemorySegment.copy(ordinals, 0, ids, Links.INT, 0, ordinals.length);
    int seeds = metric == Metric.DOT ? ordinals.length : Math.min(SEEDS, ordinals.length);
    return new GraphMemory.Entries(
        codes.copy(ordinals, arena), ids, ordinals.length, Math.max(1, seeds));
  }
}
