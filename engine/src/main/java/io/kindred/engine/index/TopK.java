package io.kindred.engine.index;

import io.kindred.engine.vector.Candidate;

/// The `k` nearest of all candidates offered, ties by ordinal: the lower one wins. It may have a
/// greatest distance, and refuses what is farther.
///
/// A binary heap with the farthest on top. Owned by the searching thread; allocates only when `k`
/// is larger than ever before.
public final class TopK {
  private long[] heap = new long[16];
  private int k;
  private int size;

  /// No candidate from here on is taken in.
  private long end = Long.MAX_VALUE;

  private float distanceMax = Float.POSITIVE_INFINITY;

  /// Empties it and sets how many to keep, at any distance.
  public void reset(int k) {
    reset(k, Float.POSITIVE_INFINITY);
  }

  /// Empties it and sets how many to keep.
  ///
  /// @param distanceMax what is farther is refused
  public void reset(int k, float distanceMax) {
    if (k < 1) {
      throw new IllegalArgumentException("k: " + k + " (expected: at least 1)");
    }
    if (heap.length < k) {
      heap = new long[k];
    }
    this.k = k;
    this.distanceMax = distanceMax;
    // Zero has two signs, of which the negative one is ordered first.
    end =
        distanceMax == Float.POSITIVE_INFINITY
            ? Long.MAX_VALUE
            : Candidate.of(distanceMax + 0f, Integer.MAX_VALUE) | Candidate.MARK;
    size = 0;
  }

  /// What is farther is refused; infinite where nothing is.
  public float distanceMax() {
    return distanceMax;
  }

  public int k() {
    return k;
  }

  public int size() {
    return size;
  }

  public boolean isFull() {
    return size == k;
  }

  /// Takes the candidate in if it is among the `k` nearest so far.
  ///
  /// @param ordinal not negative
  public void offer(float distance, int ordinal) {
    offer(Candidate.of(distance, ordinal));
  }

  /// Moves the candidates out, nearest first, and leaves it empty.
  ///
  /// @return how many; the arrays have room for `k`
  public int drain(int[] ordinals, float[] distances) {
    int count = size;
    sort();
    for (int i = 0; i < count; i++) {
      ordinals[i] = Candidate.ordinal(heap[i]);
      distances[i] = Candidate.distance(heap[i]);
    }
    return count;
  }

  void offer(long candidate) {
    if (size < k) {
      if (candidate < end) {
        siftUp(candidate);
      }
    } else if (candidate < heap[0]) {
      siftDown(candidate, size);
    }
  }

  /// The farthest that is kept while full, else the greatest distance: what is not below it is
  /// refused.
  long bound() {
    return size < k ? end : heap[0];
  }

  /// Offers all candidates to another one, and leaves this empty.
  void drainTo(TopK other) {
    for (int i = 0; i < size; i++) {
      other.offer(heap[i]);
    }
    size = 0;
  }

  /// Moves the candidates out, nearest first, and leaves it empty.
  public int drain(long[] candidates) {
    int count = size;
    sort();
    System.arraycopy(heap, 0, candidates, 0, count);
    return count;
  }

  private void sort() {
    for (int end = size - 1; end > 0; end--) {
      long last = heap[end];
      heap[end] = heap[0];
      siftDown(last, end);
    }
    size = 0;
  }

  private void siftUp(long candidate) {
    int at = size++;
    while (at > 0) {
      int parent = (at - 1) >>> 1;
      if (heap[parent] >= candidate) {
        break;
      }
      heap[at] = heap[parent];
      at = parent;
    }
    heap[at] = candidate;
  }

  private void siftDown(long candidate, int end) {
    int at = 0;
    int child = 1;
    while (child < end) {
      if (child + 1 < end && heap[child + 1] > heap[child]) {
        child++;
      }
      if (heap[child] <= candidate) {
        break;
      }
      heap[at] = heap[child];
      at = child;
      child = 2 * at + 1;
    }
    heap[at] = candidate;
  }
}
