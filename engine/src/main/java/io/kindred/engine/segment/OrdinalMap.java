package io.kindred.engine.segment;

import io.kindred.engine.disk.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Where each row of an older base or delta is in a newer base: int32 by old ordinal, -1 for rows
/// that were dropped. Written by one thread, then read by any.
public final class OrdinalMap {
  private final MemorySegment ordinals;

  OrdinalMap(int size, Arena arena) {
    ordinals = NativeMemory.reserve(Math.max(1, size) * (long) Integer.BYTES, arena);
    for (int i = 0; i < size; i++) {
      set(i, -1);
    }
  }

  public int get(int oldOrdinal) {
    return ordinals.get(ValueLayout.JAVA_INT, (long) oldOrdinal << 2);
  }

  void set(int oldOrdinal, int newOrdinal) {
    ordinals.set(ValueLayout.JAVA_INT, (long) oldOrdinal << 2, newOrdinal);
  }

  MemorySegment segment() {
    return ordinals;
  }
}
