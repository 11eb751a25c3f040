package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/// A growing buffer of bytes, little-endian, with a largest size. What would exceed the size is
/// refused with `TOO_LARGE`; what was written before stays. Made to be reused: a writer that has
/// grown keeps its memory.
///
/// Owned by one thread.
public final class ByteWriter {
  private static final int BYTES_FIRST = 256;

  private static final VarHandle SHORT = view(short[].class);
  private static final VarHandle INT = view(int[].class);
  private static final VarHandle LONG = view(long[].class);
  private static final VarHandle FLOAT = view(float[].class);
  private static final VarHandle DOUBLE = view(double[].class);
  private static final ValueLayout.OfFloat FLOATS =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final String what;
  private final int bytesMax;
  private byte[] bytes;
  private int position;
  private boolean isOverfull;

  /// @param what names the content in the error when it grows too large: `metadata`, `batch`
  public ByteWriter(String what, int bytesMax) {
    this.what = what;
    this.bytesMax = bytesMax;
    this.bytes = new byte[Math.min(BYTES_FIRST, bytesMax)];
  }

  /// The number of bytes written, and the offset of the next one.
  public int position() {
    return position;
  }

  /// Whether something was refused that exceeded the size.
  public boolean isOverfull() {
    return isOverfull;
  }

  /// Forgets everything written.
  public void reset() {
    position = 0;
  }

  /// Forgets what was written at this position and behind it.
  public void rewind(int toPosition) {
    if (toPosition < 0 || toPosition > position) {
      throw new IndexOutOfBoundsException(toPosition);
    }
    position = toPosition;
  }

  public void putByte(int value) {
    int at = claim(1);
    bytes[at] = (byte) value;
  }

  public void putShort(int value) {
    int at = claim(Short.BYTES);
    SHORT.set(bytes, at, (short) value);
  }

  public void putInt(int value) {
    int at = claim(Integer.BYTES);
    INT.set(bytes, at, value);
  }

  public void putLong(long value) {
    int at = claim(Long.BYTES);
    LONG.set(bytes, at, value);
  }

  public void putFloat(float value) {
    int at = claim(Float.BYTES);
    FLOAT.set(bytes, at, value);
  }

  public void putDouble(double value) {
    int at = claim(Double.BYTES);
    DOUBLE.set(bytes, at, value);
  }

  /// Writes an unsigned LEB128 number of 1 to 10 bytes; a negative value takes 10.
  public void putVarint(long value) {
    int at = claim(Varint.byteCount(value));
    Varint.write(bytes, at, value);
  }

  public void putBytes(byte[] source) {
    putBytes(source, 0, source.length);
  }

  public void putBytes(byte[] source, int offset, int length) {
    int at = claim(length);
    System.arraycopy(source, offset, bytes, at, length);
  }

  /// Copies the buffer's remaining bytes; its position stays.
  public void putBytes(ByteBuffer source) {
    int length = source.remaining();
    int at = claim(length);
    source.get(source.position(), bytes, at, length);
  }

  public void putFloats(float[] values) {
    int at = claim(Math.multiplyExact(values.length, Float.BYTES));
    MemorySegment.copy(values, 0, MemorySegment.ofArray(bytes), FLOATS, at, values.length);
  }

  /// Writes the text in UTF-8, without a length, and returns the number of bytes. Text with an
  /// unpaired surrogate has no UTF-8 form and is refused.
  public int putUtf8(String text) {
    int length = Utf8.byteCount(text);
    if (length < 0) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, what, "an unpaired surrogate", "well-formed Unicode text");
    }
    putUtf8(text, length);
    return length;
  }

  /// Writes well-formed text whose [Utf8#byteCount] is known.
  void putUtf8(String text, int byteCount) {
    int at = claim(byteCount);
    Utf8.write(text, bytes, at, byteCount);
  }

  /// Replaces two bytes written before.
  public void patchShort(int at, int value) {
    if (at < 0 || at > position - Short.BYTES) {
      throw new IndexOutOfBoundsException(at);
    }
    SHORT.set(bytes, at, (short) value);
  }

  /// Replaces four bytes written before.
  public void patchInt(int at, int value) {
    if (at < 0 || at > position - Integer.BYTES) {
      throw new IndexOutOfBoundsException(at);
    }
    INT.set(bytes, at, value);
  }

  /// Writes zeros until the position is a multiple of `alignment`.
  public void alignTo(int alignment) {
    int padding = Math.floorMod(-position, alignment);
    int at = claim(padding);
    Arrays.fill(bytes, at, at + padding, (byte) 0);
  }

  /// A little-endian view of what was written, from its first byte to its last; valid until the
  /// next write or reset.
  public ByteBuffer asBuffer() {
    return ByteBuffer.wrap(bytes, 0, position).order(ByteOrder.LITTLE_ENDIAN);
  }

  /// A copy of what was written.
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, position);
  }

  /// Puts the number of bytes written since `start` in front of them, as a varint.
  void putVarintLengthAt(int start) {
    int length = position - start;
    int prefix = Varint.byteCount(length);
    claim(prefix);
    System.arraycopy(bytes, start, bytes, start + prefix, length);
    Varint.write(bytes, start, length);
  }

  private int claim(int length) {
    int at = position;
    long end = (long) at + length;
    if (end > bytes.length) {
      grow(end);
    }
    position = (int) end;
    return at;
  }

  private void grow(long needed) {
    if (needed > bytesMax) {
      isOverfull = true;
      throw KindredException.of(
          ErrorCode.TOO_LARGE, what, "more than " + bytesMax + " bytes", "at most " + bytesMax);
    }
    long doubled = Math.min(bytesMax, 2L * bytes.length);
    bytes = Arrays.copyOf(bytes, (int) Math.max(needed, doubled));
  }

  private static VarHandle view(Class<?> arrayType) {
    return MethodHandles.byteArrayViewVarHandle(arrayType, ByteOrder.LITTLE_ENDIAN)
        .withInvokeExactBehavior();
  }
}
