package io.kindred.engine.segment;

import io.kindred.engine.disk.NativeMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.util.Objects;

/// Bits by ordinal, off-heap. One thread writes, any number read without lock; a bit that was set
/// happens after what its writer did before.
public final class Bitmap {
  private static final VarHandle WORD = ValueLayout.JAVA_LONG.varHandle();
  private static final VarHandle CARDINALITY;

  static {
    try {
      CARDINALITY = MethodHandles.lookup().findVarHandle(Bitmap.class, "cardinality", int.class);
    } catch (ReflectiveOperationException e) {
      throw new ExceptionInInitializerError(e);
    }
  }

  private final MemorySegment words;
  private final long address;
  private final int size;
  private volatile int cardinality;

  private Bitmap(MemorySegment words, int size, int cardinality) {
    this.words = words;
    this.address = words.address();
    this.size = size;
    this.cardinality = cardinality;
  }

  /// All bits clear. The memory is taken as bits are set.
  public static Bitmap create(int size, Arena arena) {
    return new Bitmap(NativeMemory.reserve(sizeBytes(size), arena), size, 0);
  }

  /// The bits that a segment holds, which is not written from here.
  static Bitmap of(MemorySegment words, int size) {
    Bitmap bitmap = new Bitmap(words, size, 0);
    bitmap.cardinality = bitmap.countBits();
    return bitmap;
  }

  static long sizeBytes(int size) {
    return Math.max(1, (size + 63L) >>> 6) << 3;
  }

  public boolean get(int index) {
    Objects.checkIndex(index, size);
    return (RawMemory.getLongAcquire(address + wordOffset(index)) & (1L << index)) != 0;
  }

  /// The 64 bits from this index on, a multiple of 64.
  long word(int index) {
    Objects.checkIndex(index, size);
    return RawMemory.getLongAcquire(address + wordOffset(index));
  }

  /// Owned by the writing thread.
  ///
  /// @return whether the bit was clear before
  boolean set(int index) {
    long offset = wordOffset(index);
    long before = (long) WORD.get(words, offset);
    long after = before | (1L << index);
    if (before == after) {
      return false;
    }
    WORD.setRelease(words, offset, after);
    CARDINALITY.setRelease(this, (int) CARDINALITY.get(this) + 1);
    return true;
  }

  /// How many bits are set.
  public int cardinality() {
    return cardinality;
  }

  public int size() {
    return size;
  }

  MemorySegment words() {
    return words;
  }

  /// A copy of the first bits, as they are now.
  Bitmap copy(int bits, Arena arena) {
    MemorySegment target = NativeMemory.reserve(sizeBytes(bits), arena);
    MemorySegment.copy(words, 0, target, 0, Math.min(sizeBytes(bits), words.byteSize()));
    return of(target, bits);
  }

  private int countBits() {
    int count = 0;
    for (long offset = 0; offset < sizeBytes(size); offset += Long.BYTES) {
      count += Long.bitCount(words.get(ValueLayout.JAVA_LONG, offset));
    }
    return count;
  }

  private static long wordOffset(int index) {
    return (index >>> 6) * 8L;
  }
}
