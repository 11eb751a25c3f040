package io.kindred.engine.segment;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Row images by ordinal: the images, and where each starts, in units of 8 bytes. Thread-safe for
/// the ordinals that have been published.
///
/// @param offsets int32 by ordinal, unsigned
record RowImages(MemorySegment rows, MemorySegment offsets, int keyOffset) {
  long offset(int ordinal) {
    return (offsets.get(ValueLayout.JAVA_INT, (long) ordinal << 2) & 0xFFFF_FFFFL) << 3;
  }

  boolean hasKey(int ordinal, byte[] utf8) {
    long image = offset(ordinal);
    int length = rows.get(ValueLayout.JAVA_SHORT, image + RowLayout.KEY_BYTES);
    if (length != utf8.length) {
      return false;
    }
    long start = image + keyOffset;
    return MemorySegment.mismatch(
            rows, start, start + length, MemorySegment.ofArray(utf8), 0, length)
        < 0;
  }

  long expiryMillis(int ordinal) {
    long image = offset(ordinal);
    boolean hasExpiry =
        (rows.get(ValueLayout.JAVA_BYTE, image + RowLayout.FLAGS) & RowLayout.HAS_EXPIRY) != 0;
    return hasExpiry ? rows.get(ValueLayout.JAVA_LONG, image + RowLayout.EXPIRY) : Long.MAX_VALUE;
  }

  long version(int ordinal) {
    return rows.get(ValueLayout.JAVA_LONG, offset(ordinal) + RowLayout.VERSION);
  }
}
