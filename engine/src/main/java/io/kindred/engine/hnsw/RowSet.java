package io.kindred.engine.hnsw;

import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Presence;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/// Rows that a graph links with each other, ascending: those of a base that have a vector, or of
/// one partition. Immutable, thread-safe; lives as long as its memory.
///
/// @param ordinals int32 each, or null for `[0, count)`
record RowSet(@Nullable MemorySegment ordinals, int count) {

  /// The rows `[0, rowCount)` that have a vector.
  static RowSet of(int rowCount, Presence presence, Arena arena) {
    if (presence.bits() == null) {
      return new RowSet(null, rowCount);
    }
    MemorySegment present = reserve(presence.count(rowCount), arena);
    int count = 0;
    for (int ordinal = 0; ordinal < rowCount; ordinal++) {
      if (presence.has(ordinal)) {
        present.setAtIndex(Links.INT, count++, ordinal);
      }
    }
    return new RowSet(present, count);
  }

  /// The listed rows that have a vector.
  static RowSet of(OrdinalList list, Presence presence, Arena arena) {
    if (presence.bits() == null) {
      return new RowSet(list.ordinals(), list.count());
    }
    MemorySegment present = reserve(list.count(), arena);
    int count = 0;
    for (int i = 0; i < list.count(); i++) {
      if (presence.has(list.get(i))) {
        present.setAtIndex(Links.INT, count++, list.get(i));
      }
    }
    return new RowSet(present, count);
  }

  private static MemorySegment reserve(int count, Arena arena) {
    return NativeMemory.reserve(Math.max(1L, count) * Integer.BYTES, arena);
  }

  int get(int index) {
    return ordinals == null ? index : ordinals.getAtIndex(Links.INT, index);
  }
}
