package io.kindred.engine.ivf;

import io.kindred.engine.vector.CodeBlocks;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Rows in lists. Each list takes whole blocks, and the blocks of a list follow each other.
/// Immutable, thread-safe.
///
/// @param centroids one for each list
/// @param starts int32: the first block of each list, and the end of the last
/// @param ordinals int32 for each place of each block: the row, or [#NONE]
/// @param terms float32 for each place, see [ListCodec]; infinite where there is no row
/// @param codes in the codec's layout
record ListData(
    VectorRows centroids,
    int listCount,
    ListCodec codec,
    MemorySegment starts,
    MemorySegment ordinals,
    MemorySegment terms,
    MemorySegment codes) {
  static final int NONE = -1;
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  int firstBlock(int list) {
    return starts.getAtIndex(INT, list);
  }

  /// The block after a list's last.
  int endBlock(int list) {
    return starts.getAtIndex(INT, list + 1);
  }

  int blockCount() {
    return endBlock(listCount - 1);
  }

  /// The row at a place, counted from the first place of block 0, or [#NONE].
  int ordinal(int place) {
    return ordinals.getAtIndex(INT, place);
  }

  /// Rows of a list.
  int size(int list) {
    int end = endBlock(list) * CodeBlocks.ROWS;
    int from = firstBlock(list) * CodeBlocks.ROWS;
    while (end > from && ordinal(end - 1) == NONE) {
      end--;
    }
    return end - from;
  }

  /// How much longer a list is in which a row is than the mean one, on average: 1 where all are
  /// equal.
  double imbalance() {
    double rows = 0;
    double squares = 0;
    for (int list = 0; list < listCount; list++) {
      double size = size(list);
      rows += size;
      squares += size * size;
    }
    return rows == 0 ? 1 : squares * listCount / (rows * rows);
  }
}
