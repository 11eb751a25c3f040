package io.kindred.engine.segment;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import io.kindred.engine.filter.RowFields;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/// Reads values that [ValueCodec] wrote, in place: a value is named by its offset in the segment,
/// and reading creates no object. The methods are those of [RowFields].
///
/// It expects whole, undamaged values (whoever maps a file has checked it). On others it still
/// never reads outside the segment and always ends: with some answer, with `CORRUPT`, or with an
/// `IndexOutOfBoundsException`. A method that does not fit the value's kind answers arbitrarily
/// under the same promise.
///
/// Owned by one thread.
public final class ValueCursor {
  private static final VarHandle LONGS =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN)
          .withInvokeExactBehavior();

  private MemorySegment segment;

  public ValueCursor(MemorySegment segment) {
    this.segment = segment;
  }

  /// Moves to other bytes; offsets count from this segment's start from now on.
  public void over(MemorySegment other) {
    segment = other;
  }

  public RowFields.Kind kind(long value) {
    byte tag = segment.get(JAVA_BYTE, value);
    return switch (tag) {
      case ValueCodec.NULL -> RowFields.Kind.NULL;
      case ValueCodec.FALSE, ValueCodec.TRUE -> RowFields.Kind.BOOL;
      case ValueCodec.INT64 -> RowFields.Kind.INT64;
      case ValueCodec.FLOAT64 -> RowFields.Kind.FLOAT64;
      case ValueCodec.TEXT -> RowFields.Kind.TEXT;
      case ValueCodec.TIMESTAMP -> RowFields.Kind.TIMESTAMP;
      case ValueCodec.ARRAY -> RowFields.Kind.ARRAY;
      case ValueCodec.ENTRIES -> RowFields.Kind.ENTRIES;
      default -> throw ValueCodec.unknownTag(tag, value);
    };
  }

  public boolean bool(long value) {
    return segment.get(JAVA_BYTE, value) == ValueCodec.TRUE;
  }

  public long int64(long value) {
    if (segment.get(JAVA_BYTE, value) == ValueCodec.TIMESTAMP) {
      return segment.get(ValueCodec.LONG, value + 1);
    }
    long encoded = Varint.read(segment, value + 1);
    return (encoded >>> 1) ^ -(encoded & 1);
  }

  public double float64(long value) {
    return segment.get(ValueCodec.DOUBLE, value + 1);
  }

  /// Bytes of a text in UTF-8.
  public int textLength(long value) {
    return Varint.readLength(segment, value + 1);
  }

  /// Offset of a text's first byte.
  public long textStart(long value) {
    return value + 1 + Varint.byteCount(textLength(value));
  }

  public int compareText(long value, byte[] utf8) {
    int length = textLength(value);
    long start = value + 1 + Varint.byteCount(length);
    int mismatch = mismatch(start, utf8, Math.min(length, utf8.length));
    if (mismatch < 0) {
      return Integer.compare(length, utf8.length);
    }
    return Byte.compareUnsigned(segment.get(JAVA_BYTE, start + mismatch), utf8[mismatch]);
  }

  public boolean equalsText(long value, byte[] utf8) {
    return equalsAt(value + 1, utf8);
  }

  public int itemCount(long array) {
    return Varint.readLength(segment, countAt(array));
  }

  public long firstItem(long array) {
    long countAt = countAt(array);
    return countAt + Varint.byteCount(Varint.readLength(segment, countAt));
  }

  public long nextItem(long item) {
    return ValueCodec.end(segment, item);
  }

  /// Offset of an object's entry by its name in UTF-8, or -1.
  public long entry(long object, byte[] name) {
    long countAt = countAt(object);
    int count = Varint.readLength(segment, countAt);
    long at = countAt + Varint.byteCount(count);
    for (int i = 0; i < count; i++) {
      int length = Varint.readLength(segment, at);
      long value = at + Varint.byteCount(length) + length;
      if (length == name.length && equalsAt(at, name)) {
        return value;
      }
      at = ValueCodec.end(segment, value);
    }
    return RowFields.ABSENT;
  }

  /// A container starts with its tag and its length; its count follows.
  private long countAt(long container) {
    int length = Varint.readLength(segment, container + 1);
    return container + 1 + Varint.byteCount(length);
  }

  private boolean equalsAt(long lengthAt, byte[] utf8) {
    int length = Varint.readLength(segment, lengthAt);
    return length == utf8.length && mismatch(lengthAt + Varint.byteCount(length), utf8, length) < 0;
  }

  /// Index of the first of `length` bytes that differs, or -1.
  private int mismatch(long start, byte[] utf8, int length) {
    int i = 0;
    for (; i + Long.BYTES <= length; i += Long.BYTES) {
      long difference = segment.get(ValueCodec.LONG, start + i) ^ (long) LONGS.get(utf8, i);
      if (difference != 0) {
        return i + (Long.numberOfTrailingZeros(difference) >>> 3);
      }
    }
    for (; i < length; i++) {
      if (segment.get(JAVA_BYTE, start + i) != utf8[i]) {
        return i;
      }
    }
    return -1;
  }
}
