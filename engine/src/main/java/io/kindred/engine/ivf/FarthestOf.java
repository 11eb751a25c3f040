package io.kindred.engine.ivf;

/// The farthest of the k least distances that were offered: a heap with the largest on top. Owned
/// by the searching thread; allocates only for a larger k than ever before.
final class FarthestOf {
  private float[] heap = new float[0];
  private int k;
  private int size;

  /// Empties it.
  void reset(int k) {
    if (heap.length < k) {
      heap = new float[k];
    }
    this.k = k;
    size = 0;
  }

  /// The farthest of the k nearest, infinite while there are fewer.
  float distance() {
    return size < k ? Float.POSITIVE_INFINITY : heap[0];
  }

  void offer(float distance) {
    if (size < k) {
      int at = size++;
      while (at > 0 && heap[(at - 1) >>> 1] < distance) {
        heap[at] = heap[(at - 1) >>> 1];
        at = (at - 1) >>> 1;
      }
      heap[at] = distance;
    } else if (distance < heap[0]) {
      replaceFarthest(distance);
    }
  }

  private void replaceFarthest(float distance) {
    int at = 0;
    int child = 1;
    while (child < size) {
      if (child + 1 < size && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[child] <= distance) {
        break;
      }
      heap[at] = heap[child];
      at = child;
      child = 2 * at + 1;
    }
    heap[at] = distance;
  }
}
