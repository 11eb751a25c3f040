package io.kindred.engine.segment;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Row images by ordinal: the images, and where each starts, in units of 8 bytes. Thread-safe for
/// the ordinals that have been published.
///
/// @param offsets int32 by ordinal, unsigned
record RowImages(MemorySegment rows, MemorySegment offsets, int keyOffset) {
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

  long offset(int ordinal) {
    return (offsets.get(ValueLayout.JAVA_INT, (long) ordinal << 2) & 0xFFFF_FFFFL) << 3;
  }

  /// Reads the beginning of the image at an offset, so that it is in the cache.
  void touch(long offset) {
    RawMemory.touch(address(offset, Long.BYTES));
  }

  /// Whether the image at an offset has this text key.
  boolean hasKey(long offset, byte[] utf8) {
    long image = address(offset, keyOffset + utf8.length);
    return RawMemory.getShort(image + RowLayout.KEY_BYTES) == utf8.length
        && equals(image + keyOffset, utf8);
  }

  /// Address of an image, of which this many bytes are inside the rows.
  private long address(long offset, int bytes) {
    if (offset > rows.byteSize() - bytes) {
      throw new IndexOutOfBoundsException("row at " + offset + ": outside of its file");
    }
    return rows.address() + offset;
  }

  private static boolean equals(long key, byte[] utf8) {
    int at = 0;
    for (; at + Long.BYTES <= utf8.length; at += Long.BYTES) {
      if (RawMemory.getLong(key + at) != (long) LONG.get(utf8, at)) {
        return false;
      }
    }
    for (; at < utf8.length; at++) {
      if (RawMemory.getByte(key + at) != utf8[at]) {
        return false;
      }
    }
    return true;
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
