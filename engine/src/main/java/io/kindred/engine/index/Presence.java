package io.kindred.engine.index;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// Which rows have a vector in a field. Immutable, thread-safe.
///
/// @param bits bit `i & 7` of byte `i >> 3` for ordinal `i`, or null where all have one
public record Presence(@Nullable MemorySegment bits) {
  public static final Presence ALL = new Presence(null);

  public boolean has(int ordinal) {
    return bits == null
        || (bits.get(ValueLayout.JAVA_BYTE, ordinal >>> 3) >>> (ordinal & 7) & 1) != 0;
  }

  /// How many of the ordinals `[0, rowCount)` have one.
  public int count(int rowCount) {
    if (bits == null) {
      return rowCount;
    }
    int count = 0;
    for (int ordinal = 0; ordinal < rowCount; ordinal++) {
      count += has(ordinal) ? 1 : 0;
    }
    return count;
  }
}
