package io.kindred.engine.vector;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The byte layouts of quantised rows that a [CodeKernel] scans: rows in blocks of 32, so that one
/// vector register holds the same component of many rows. Offsets and sizes only.
///
/// **Nibbles** (4 bits a component): component `m` of a block is 16 bytes. Row `i` is in byte `2 (i
/// mod 8) + (i / 8 mod 2)`, in its low half for the rows 0 to 15, else in its high half: then the
/// sums of even and of odd bytes come out as consecutive rows.
///
/// **Bytes** (8 bits a component): four components of a block are 128 bytes, the four of row 0,
/// then those of row 1, and so on.
///
/// Components are filled up with zeros to a multiple of four.
public final class CodeBlocks {
  /// Rows of a block.
  public static final int ROWS = 32;

  private static final int COMPONENTS = 4;

  private CodeBlocks() {}

  /// Components that a block has room for.
  public static int paddedComponents(int components) {
    return (components + COMPONENTS - 1) & -COMPONENTS;
  }

  /// Blocks that so many rows take.
  public static int blocks(int rows) {
    return (rows + ROWS - 1) / ROWS;
  }

  public static long nibbleBlockBytes(int components) {
    return paddedComponents(components) * (ROWS / 2L);
  }

  public static long byteBlockBytes(int components) {
    return paddedComponents(components) * (long) ROWS;
  }

  /// Sets a component of a row, in a block that is zero there.
  ///
  /// @param block offset of the block
  public static void setNibble(MemorySegment codes, long block, int row, int component, int value) {
    long at = block + nibbleOffset(row, component);
    byte both = codes.get(ValueLayout.JAVA_BYTE, at);
    codes.set(ValueLayout.JAVA_BYTE, at, (byte) (both | value << nibbleShift(row)));
  }

  public static int nibble(MemorySegment codes, long block, int row, int component) {
    byte both = codes.get(ValueLayout.JAVA_BYTE, block + nibbleOffset(row, component));
    return both >>> nibbleShift(row) & 15;
  }

  public static void setByte(MemorySegment codes, long block, int row, int component, byte value) {
    codes.set(ValueLayout.JAVA_BYTE, block + byteOffset(row, component), value);
  }

  public static byte byteAt(MemorySegment codes, long block, int row, int component) {
    return codes.get(ValueLayout.JAVA_BYTE, block + byteOffset(row, component));
  }

  private static int nibbleOffset(int row, int component) {
    return component * (ROWS / 2) + 2 * (row & 7) + (row >> 3 & 1);
  }

  private static int nibbleShift(int row) {
    return row >> 4 << 2;
  }

  private static int byteOffset(int row, int component) {
    return (component & -COMPONENTS) * ROWS + row * COMPONENTS + (component & 3);
  }
}
