package io.kindred.engine.index;

import java.util.Arrays;

/// Which nodes a walk has seen: one bit a node, cleared by undoing what was set.
///
/// Owned by the searching thread; allocates only for more nodes than ever before.
final class VisitedSet {
  /// Beyond this many, clearing everything is as quick as undoing.
  private static final int UNDO_MAX = 1 << 16;

  private long[] words = new long[0];
  private final int[] undo = new int[UNDO_MAX];
  private int count;

  /// Empties it, with room for nodes `[0, nodeCount)`.
  void reset(int nodeCount) {
    if (count <= UNDO_MAX) {
      for (int i = 0; i < count; i++) {
        words[undo[i] >>> 6] = 0;
      }
    } else {
      Arrays.fill(words, 0);
    }
    count = 0;
    int needed = (nodeCount + 63) >>> 6;
    if (words.length < needed) {
      words = new long[needed];
    }
  }

  /// Adds a node.
  ///
  /// @return false where it was in it
  boolean add(int node) {
    long bit = 1L << node;
    long word = words[node >>> 6];
    if ((word & bit) != 0) {
      return false;
    }
    words[node >>> 6] = word | bit;
    if (count < UNDO_MAX) {
      undo[count] = node;
    }
    count++;
    return true;
  }
}
