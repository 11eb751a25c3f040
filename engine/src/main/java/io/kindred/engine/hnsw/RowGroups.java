package io.kindred.engine.hnsw;

import io.kindred.engine.disk.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;

/// Which of several disjoint sets each row is in: links lead from a row to others of its set only.
/// Thread-safe.
interface RowGroups {
  /// In no set.
  int NONE = -1;

  /// The number of the row's set, from 0, or [#NONE].
  int of(int ordinal);

  /// The sets in their order.
  static RowGroups of(List<RowSet> sets, int rowCount, Arena arena) {
    if (sets.size() == 1 && sets.get(0).ordinals() == null) {
      return ordinal -> 0;
    }
    MemorySegment groups = NativeMemory.reserve(Math.max(1L, rowCount) * Integer.BYTES, arena);
    groups.fill((byte) NONE);
    for (int group = 0; group < sets.size(); group++) {
      RowSet set = sets.get(group);
      for (int i = 0; i < set.count(); i++) {
        groups.setAtIndex(Links.INT, set.get(i), group);
      }
    }
    return ordinal -> groups.getAtIndex(Links.INT, ordinal);
  }
}
