package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Unsigned LEB128 numbers: seven bits a byte, low ones first, always in the shortest form, so a
/// number's size follows from the number. Stateless.
final class Varint {
  private static final int BYTES_MAX = 10;

  private Varint() {}

  /// 1 to 10.
  static int byteCount(long value) {
    return (Long.SIZE + 6 - Long.numberOfLeadingZeros(value | 1)) / 7;
  }

  /// Writes `byteCount(value)` bytes.
  static void write(byte[] target, int offset, long value) {
    int at = offset;
    long rest = value;
    while ((rest & ~0x7FL) != 0) {
      target[at++] = (byte) (rest | 0x80);
      rest >>>= 7;
    }
    target[at] = (byte) rest;
  }

  /// The number at this offset; it takes `byteCount` of the number. Another form than the shortest
  /// is `CORRUPT`, a number that the segment's end cuts off an `IndexOutOfBoundsException`.
  static long read(MemorySegment segment, long offset) {
    byte first = segment.get(ValueLayout.JAVA_BYTE, offset);
    return first >= 0 ? first : readLong(segment, offset, first);
  }

  private static long readLong(MemorySegment segment, long offset, byte first) {
    long value = first & 0x7F;
    for (int i = 1; i < BYTES_MAX; i++) {
      byte next = segment.get(ValueLayout.JAVA_BYTE, offset + i);
      value |= (next & 0x7FL) << (7 * i);
      if (next >= 0) {
        boolean isShortest = next != 0 && (i < BYTES_MAX - 1 || next == 1);
        if (!isShortest) {
          break;
        }
        return value;
      }
    }
    throw KindredException.of(
        ErrorCode.CORRUPT, "number", "an overlong varint at " + offset, "the shortest form");
  }

  /// The number at this offset as a length of bytes or items behind it, which the segment can hold.
  static int readLength(MemorySegment segment, long offset) {
    long length = read(segment, offset);
    if (length < 0 || length > Math.min(Integer.MAX_VALUE, segment.byteSize() - offset)) {
      throw KindredException.of(
          ErrorCode.CORRUPT,
          "length",
          Long.toUnsignedString(length) + " at " + offset,
          "at most the bytes that follow");
    }
    return (int) length;
  }
}
