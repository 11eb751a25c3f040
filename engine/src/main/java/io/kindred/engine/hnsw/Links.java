package io.kindred.engine.hnsw;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The links of a graph: for each row, at a fixed stride, the numbers of other rows, ended by -1
/// where there are fewer.
///
/// Immutable once built, thread-safe. During a build, readers may see a list that is being
/// rewritten: each number in it is a row's.
///
/// @param rowCount rows `[0, rowCount)` have a list, which may be empty
record Links(MemorySegment data, int stride, int rowCount) {
  static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT;
  static final int NONE = -1;

  /// Copies a row's links out; `into` has room for `stride`.
  ///
  /// @return how many
  int read(int row, int[] into) {
    MemorySegment.copy(data, INT, offset(row), into, 0, stride);
    int count = 0;
    while (count < stride && into[count] >= 0) {
      count++;
    }
    return count;
  }

  int get(int row, int index) {
    return data.get(INT, offset(row) + (long) index * Integer.BYTES);
  }

  long offset(int row) {
    return (long) row * stride * Integer.BYTES;
  }
}
