package io.kindred.engine.index;

/// The nearest nodes of a graph walk, sorted, each marked once it was expanded.
///
/// A sorted array: with up to [#WIDTH_MAX] nodes, shifting beats a heap. Owned by the searching
/// thread.
final class Beam {
  static final int WIDTH_MAX = 256;

  private final long[] nodes = new long[WIDTH_MAX];
  private int width;
  private int size;

  /// No node before this index waits to be expanded.
  private int cursor;

  void reset(int width) {
    assert width >= 1 && width <= WIDTH_MAX : width;
    this.width = width;
    size = 0;
    cursor = 0;
  }

  int size() {
    return size;
  }

  long get(int index) {
    return nodes[index] & ~Candidate.MARK;
  }

  /// What is not below it is refused.
  long bound() {
    return size < width ? Long.MAX_VALUE : nodes[size - 1];
  }

  /// Takes a node in that was not offered before, if it is near enough.
  void offer(long candidate) {
    if (size == width) {
      if (candidate >= nodes[size - 1]) {
        return;
      }
      size--;
    }
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (nodes[middle] < candidate) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    System.arraycopy(nodes, low, nodes, low + 1, size - low);
    nodes[low] = candidate;
    size++;
    if (low < cursor) {
      cursor = low;
    }
  }

  /// Marks the nearest node that was not expanded yet.
  ///
  /// @return the node, or -1 where all were expanded
  int expandNext() {
    while (cursor < size && (nodes[cursor] & Candidate.MARK) != 0) {
      cursor++;
    }
    if (cursor == size) {
      return -1;
    }
    int node = Candidate.ordinal(nodes[cursor]);
    nodes[cursor++] |= Candidate.MARK;
    return node;
  }
}
