package io.kindred.engine.vector;

/// The nearest candidates of a walk, sorted, each marked once it was expanded. Owned by one walk.
final class JavaBeam {
  private final long candidates;
  private int width;
  private int size;
  private int cursor;

  /// @param candidates address of room for one more than the width
  JavaBeam(long candidates, int width) {
    this.candidates = candidates;
    this.width = width;
  }

  int size() {
    return size;
  }

  int width() {
    return width;
  }

  /// No candidate before this index waits to be expanded.
  int cursor() {
    return cursor;
  }

  /// Sets how many it may hold: no fewer than it does.
  void setWidth(int width) {
    this.width = width;
  }

  long get(int index) {
    return Memory.getLong(candidates + 8L * index);
  }

  int ordinal(int index) {
    return Candidate.ordinal(get(index));
  }

  /// The distance from which on a full beam takes nothing in.
  float farthest() {
    return size == width ? Candidate.distance(get(size - 1)) : Float.POSITIVE_INFINITY;
  }

  void offer(long candidate) {
    if (size == width) {
      if (candidate >= get(size - 1)) {
        return;
      }
      size--;
    }
    insert(candidate);
  }

  /// Puts a candidate in its place, beyond the width too.
  void insert(long candidate) {
    int low = 0;
    int high = size;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (get(middle) < candidate) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    long at = candidates + 8L * low;
    Memory.move(at, at + 8, 8L * (size - low));
    Memory.setLong(at, candidate);
    size++;
    cursor = Math.min(cursor, low);
  }

  void clear() {
    size = 0;
  }

  void dropLast() {
    size--;
  }

  /// The nearest that was not expanded yet, or -1.
  int expandNext() {
    while (cursor < size && (get(cursor) & Candidate.MARK) != 0) {
      cursor++;
    }
    if (cursor >= size) {
      return -1;
    }
    long candidate = get(cursor);
    Memory.setLong(candidates + 8L * cursor++, candidate | Candidate.MARK);
    return Candidate.ordinal(candidate);
  }
}
