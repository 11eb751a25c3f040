package io.kindred.engine.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The rows of a partition: ordinals in a row of native memory, ascending. Immutable, thread-safe;
/// lives as long as its memory.
///
/// @param number the partition's in its base, by which an index knows it
/// @param ordinals int32 each
public record OrdinalList(int number, MemorySegment ordinals, int count) {
  public int get(int index) {
    return ordinals.getAtIndex(ValueLayout.JAVA_INT, index);
  }

  /// Copies ordinals from this index on.
  ///
  /// @return how many; less than the array holds at the end only
  int copy(int from, int[] into) {
    int copied = Math.min(into.length, count - from);
    MemorySegment.copy(
        ordinals, ValueLayout.JAVA_INT, (long) from << 2, into, 0, Math.max(0, copied));
    return Math.max(0, copied);
  }
}
