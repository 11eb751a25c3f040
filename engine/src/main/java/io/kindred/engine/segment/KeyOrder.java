package io.kindred.engine.segment;

/// Sorts ordinals of a delta by key, in place (merge sort). Owned by one thread.
final class KeyOrder {
  private static final int INSERTION_SORT_MAX = 12;

  private final Rows rows;
  private final RowCursor left;
  private final RowCursor right;

  KeyOrder(Rows rows, Schema schema) {
    this.rows = rows;
    this.left = new RowCursor(schema);
    this.right = new RowCursor(schema);
  }

  void sort(int[] ordinals) {
    sort(ordinals, ordinals.clone(), 0, ordinals.length);
  }

  private void sort(int[] target, int[] scratch, int from, int to) {
    if (to - from <= INSERTION_SORT_MAX) {
      insertionSort(target, from, to);
      return;
    }
    int middle = (from + to) >>> 1;
    sort(scratch, target, from, middle);
    sort(scratch, target, middle, to);
    int a = from;
    int b = middle;
    for (int i = from; i < to; i++) {
      boolean takeLeft = b >= to || (a < middle && compare(scratch[a], scratch[b]) <= 0);
      target[i] = takeLeft ? scratch[a++] : scratch[b++];
    }
  }

  private void insertionSort(int[] target, int from, int to) {
    for (int i = from + 1; i < to; i++) {
      int moved = target[i];
      int at = i;
      while (at > from && compare(target[at - 1], moved) > 0) {
        target[at] = target[at - 1];
        at--;
      }
      target[at] = moved;
    }
  }

  private int compare(int a, int b) {
    rows.read(a, left);
    rows.read(b, right);
    return left.compareKey(right);
  }
}
