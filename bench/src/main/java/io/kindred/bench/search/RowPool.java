package io.kindred.bench.search;

import java.util.Arrays;
import java.util.BitSet;
import java.util.SplittableRandom;

/// Which of the rows of a file are in a table. Owned by one thread.
final class RowPool {
  private final int[] rows;
  private final BitSet present = new BitSet();
  private final SplittableRandom random;

  /// Where the absent rows begin.
  private int presentCount;

  /// The present rows at first are drawn at random.
  RowPool(int count, int presentCount, long seed) {
    rows = new int[count];
    Arrays.setAll(rows, i -> i);
    random = new SplittableRandom(seed);
    for (int i = count - 1; i > 0; i--) {
      swap(i, random.nextInt(i + 1));
    }
    this.presentCount = presentCount;
    for (int i = 0; i < presentCount; i++) {
      present.set(rows[i]);
    }
  }

  int[] present() {
    return Arrays.copyOf(rows, presentCount);
  }

  int presentCount() {
    return presentCount;
  }

  int absentCount() {
    return rows.length - presentCount;
  }

  /// A snapshot; bit i is row i.
  BitSet bits() {
    return (BitSet) present.clone();
  }

  /// Makes present rows absent, drawn at random.
  int[] remove(int count) {
    int[] removed = new int[count];
    for (int i = 0; i < count; i++) {
      swap(random.nextInt(presentCount), presentCount - 1);
      presentCount--;
      removed[i] = rows[presentCount];
      present.clear(removed[i]);
    }
    return removed;
  }

  /// Makes absent rows present, drawn at random.
  int[] add(int count) {
    int[] added = new int[count];
    for (int i = 0; i < count; i++) {
      swap(presentCount + random.nextInt(absentCount()), presentCount);
      added[i] = rows[presentCount];
      presentCount++;
      present.set(added[i]);
    }
    return added;
  }

  /// Rows that changed places. Immutable.
  record Replaced(int[] removed, int[] added) {}

  /// Makes present rows absent and as many others present, both drawn at random.
  ///
  /// @param count at most the absent rows, and the present ones
  Replaced replace(int count) {
    int[] removed = new int[count];
    int[] added = new int[count];
    for (int i = 0; i < count; i++) {
      int last = presentCount - 1 - i;
      int first = presentCount + i;
      swap(last, random.nextInt(last + 1));
      swap(first, first + random.nextInt(rows.length - first));
      removed[i] = rows[last];
      added[i] = rows[first];
    }
    for (int i = 0; i < count; i++) {
      swap(presentCount - 1 - i, presentCount + i);
      present.clear(removed[i]);
      present.set(added[i]);
    }
    return new Replaced(removed, added);
  }

  private void swap(int a, int b) {
    int row = rows[a];
    rows[a] = rows[b];
    rows[b] = row;
  }
}
