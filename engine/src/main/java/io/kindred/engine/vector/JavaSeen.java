package io.kindred.engine.vector;

/// The rows that a walk has met: one bit each in the walk's memory, and a list of the words to
/// clear. Owned by one walk.
final class JavaSeen {
  private final long visited;
  private final long undo;
  private int undoCount;

  JavaSeen(Walk walk) {
    visited = walk.visited();
    undo = walk.undo();
  }

  /// Adds a row.
  ///
  /// @return false where it was met before
  boolean add(int row) {
    long at = visited + (row >>> 6) * 8L;
    long word = Memory.getLong(at);
    long bit = 1L << row;
    if ((word & bit) != 0) {
      return false;
    }
    if (word == 0) {
      Memory.setInt(undo + 4L * undoCount++, row >>> 6);
    }
    Memory.setLong(at, word | bit);
    return true;
  }

  /// Leaves the walk's memory as it was before.
  void clear() {
    for (int i = 0; i < undoCount; i++) {
      Memory.setLong(visited + 8L * Memory.getInt(undo + 4L * i), 0);
    }
    undoCount = 0;
  }
}
