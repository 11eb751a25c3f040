package io.kindred.engine.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;

/// One bit for each ordinal of a base, in native 64-bit words: bit `i & 63` of word `i >> 6` for
/// ordinal `i`. What a filter says of every row of an immutable base, so that asking it costs one
/// bit.
///
/// Filled by one thread, then immutable and thread-safe; lives as long as its memory.
public final class PassBits {
  private final MemorySegment words;
  private final int size;
  private int cardinality;

  private PassBits(MemorySegment words, int size) {
    this.words = words;
    this.size = size;
  }

  /// Bits in memory of [#sizeBytes], all clear.
  public static PassBits clear(MemorySegment memory, int size) {
    MemorySegment words = memory.asSlice(0, sizeBytes(size));
    words.fill((byte) 0);
    return new PassBits(words, size);
  }

  /// All bits clear, in memory of the arena.
  public static PassBits create(int size, Arena arena) {
    return clear(arena.allocate(sizeBytes(size), 64), size);
  }

  /// Memory for bits of as many ordinals: whole cache lines.
  public static long sizeBytes(int size) {
    return Math.max(64, ((size + 511L) >>> 9) << 6);
  }

  /// Sets a word of 64 bits that was clear. Before the bits are published.
  public void setWord(int word, long bits) {
    words.setAtIndex(ValueLayout.JAVA_LONG, word, bits);
    cardinality += Long.bitCount(bits);
  }

  /// Sets a bit. Before the bits are published.
  public void set(int ordinal) {
    Objects.checkIndex(ordinal, size);
    long before = words.getAtIndex(ValueLayout.JAVA_LONG, ordinal >>> 6);
    long after = before | 1L << ordinal;
    if (after != before) {
      words.setAtIndex(ValueLayout.JAVA_LONG, ordinal >>> 6, after);
      cardinality++;
    }
  }

  public boolean test(int ordinal) {
    return (words.getAtIndex(ValueLayout.JAVA_LONG, ordinal >>> 6) & 1L << ordinal) != 0;
  }

  /// How many bits are set.
  public int cardinality() {
    return cardinality;
  }

  /// Ordinals `[0, size)` have a bit.
  public int size() {
    return size;
  }

  /// The words, for kernels that test bits themselves: [#sizeBytes] bytes, 64-byte aligned, clear
  /// behind the last ordinal.
  public MemorySegment words() {
    return words;
  }

  /// The first ordinal from here on whose bit is set, or `size`.
  public int next(int from) {
    int word = from >>> 6;
    int wordCount = (size + 63) >>> 6;
    if (word >= wordCount) {
      return size;
    }
    long bits = words.getAtIndex(ValueLayout.JAVA_LONG, word) & -1L << from;
    while (bits == 0) {
      if (++word == wordCount) {
        return size;
      }
      bits = words.getAtIndex(ValueLayout.JAVA_LONG, word);
    }
    return (word << 6) + Long.numberOfTrailingZeros(bits);
  }

  /// Copies ordinals whose bit is set, ascending, from this one on.
  ///
  /// @return how many; less than the array holds at the end only
  public int copy(int from, int[] into) {
    int wordCount = (size + 63) >>> 6;
    int count = 0;
    for (int word = from >>> 6; word < wordCount; word++) {
      long bits = words.getAtIndex(ValueLayout.JAVA_LONG, word);
      if (word == from >>> 6) {
        bits &= -1L << from;
      }
      while (bits != 0) {
        if (count == into.length) {
          return count;
        }
        into[count++] = (word << 6) + Long.numberOfTrailingZeros(bits);
        bits &= bits - 1;
      }
    }
    return count;
  }
}
