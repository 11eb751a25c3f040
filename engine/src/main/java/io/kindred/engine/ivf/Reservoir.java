package io.kindred.engine.ivf;

/// The `wanted` nearest of all that was added, found by selection now and then rather than by a
/// heap at each addition. Owned by the searching thread; allocates only when it holds more than
/// ever before.
final class Reservoir {
  private static final int SLACK = 64;
  private static final int SORT_BY_INSERTION = 16;

  /// A distance in a form that orders like an integer, above an id.
  private long[] keys = new long[0];

  private int wanted;
  private int capacity;
  private int size;
  private float bound;

  /// Empties it and sets how many to keep.
  void reset(int wanted) {
    this.wanted = wanted;
    capacity = 2 * wanted + SLACK;
    if (keys.length < capacity) {
      keys = new long[capacity];
    }
    size = 0;
    bound = Float.POSITIVE_INFINITY;
  }

  /// What is not nearer need not be added.
  float bound() {
    return bound;
  }

  int size() {
    return size;
  }

  /// @param id not negative
  void add(float distance, int id) {
    keys[size++] = key(distance, id);
    if (size == capacity) {
      shrink();
    }
  }

  /// Keeps the nearest only, and orders them, nearest first.
  ///
  /// @return how many there are
  int finish() {
    if (size > wanted) {
      shrink();
    }
    sort(0, size - 1);
    return size;
  }

  /// After [#finish]: the id of the nearest but `i`.
  int id(int i) {
    return (int) keys[i];
  }

  float distance(int i) {
    int ordered = (int) (keys[i] >> 32);
    return Float.intBitsToFloat(ordered ^ ((ordered >> 31) & 0x7fff_ffff));
  }

  private static long key(float distance, int id) {
    int bits = Float.floatToRawIntBits(distance);
    // Negative floats order backwards by their bits.
    int ordered = bits ^ ((bits >> 31) & 0x7fff_ffff);
    return (long) ordered << 32 | id;
  }

  private void shrink() {
    select(wanted - 1);
    size = wanted;
    // The selection leaves the farthest that is kept in the last place.
    bound = distance(wanted - 1);
  }

  /// Puts the key that is at a place in sorted order there, none larger before it (Hoare,
  /// "Algorithm 65: Find", 1961).
  private void select(int place) {
    int from = 0;
    int to = size - 1;
    while (from < to) {
      long pivot = medianOfThree(from, to);
      int left = from;
      int right = to;
      while (left <= right) {
        while (keys[left] < pivot) {
          left++;
        }
        while (keys[right] > pivot) {
          right--;
        }
        if (left <= right) {
          swap(left++, right--);
        }
      }
      if (place <= right) {
        to = right;
      } else if (place >= left) {
        from = left;
      } else {
        return;
      }
    }
  }

  private void sort(int first, int last) {
    int from = first;
    int to = last;
    while (to - from >= SORT_BY_INSERTION) {
      long pivot = medianOfThree(from, to);
      int left = from;
      int right = to;
      while (left <= right) {
        while (keys[left] < pivot) {
          left++;
        }
        while (keys[right] > pivot) {
          right--;
        }
        if (left <= right) {
          swap(left++, right--);
        }
      }
      // The smaller side by recursion, so that its depth stays logarithmic.
      if (right - from < to - left) {
        sort(from, right);
        from = left;
      } else {
        sort(left, to);
        to = right;
      }
    }
    for (int i = from + 1; i <= to; i++) {
      long key = keys[i];
      int at = i - 1;
      while (at >= from && keys[at] > key) {
        keys[at + 1] = keys[at];
        at--;
      }
      keys[at + 1] = key;
    }
  }

  private long medianOfThree(int from, int to) {
    long a = keys[from];
    long b = keys[(from + to) >>> 1];
    long c = keys[to];
    return Math.max(Math.min(a, b), Math.min(Math.max(a, b), c));
  }

  private void swap(int a, int b) {
    long key = keys[a];
    keys[a] = keys[b];
    keys[b] = key;
  }
}
