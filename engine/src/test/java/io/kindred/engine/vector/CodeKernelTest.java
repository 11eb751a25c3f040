package io.kindred.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CodeKernelTest {
  private static final int BLOCKS = 67;

  private final Random random = new Random(5);

  private MemorySegment codes(long blockBytes, Arena arena) {
    MemorySegment codes = arena.allocate(BLOCKS * blockBytes, 64);
    for (long i = 0; i < codes.byteSize(); i++) {
      codes.set(ValueLayout.JAVA_BYTE, i, (byte) random.nextInt());
    }
    return codes;
  }

  /// Every tenth place has no row.
  private MemorySegment terms(Arena arena) {
    MemorySegment terms = arena.allocate((long) BLOCKS * CodeBlocks.ROWS * Float.BYTES, 64);
    for (int i = 0; i < BLOCKS * CodeBlocks.ROWS; i++) {
      float term = i % 10 == 9 ? Float.POSITIVE_INFINITY : random.nextFloat();
      terms.setAtIndex(ValueLayout.JAVA_FLOAT, i, term);
    }
    return terms;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 32, 50, 64, 257, 768, 4096})
  void sumsOfNibblesAreThoseOfThePlainLoop(int components) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = codes(CodeBlocks.nibbleBlockBytes(components), arena);
      MemorySegment terms = terms(arena);
      byte[] table = new byte[CodeBlocks.paddedComponents(components) * 16];
      int entryMax = Math.min(255, CodeKernel.TABLE_SUM_MAX / components);
      for (int i = 0; i < components * 16; i++) {
        table[i] = (byte) random.nextInt(entryMax + 1);
      }
      // At least one row meets the largest sum of all.
      for (int m = 0; m < components; m++) {
        table[16 * m + CodeBlocks.nibble(codes, 0, 0, m)] = (byte) entryMax;
      }
      double middle = components * entryMax / 2.0;
      for (double bound : new double[] {middle, 0, 1e9, Double.POSITIVE_INFINITY}) {
        BlockScan expected = scan(codes, terms, components, bound);
        BlockScan actual = scan(codes, terms, components, bound);
        for (int[] run : new int[][] {{0, 64}, {64, 3}, {5, 1}, {66, 1}, {3, 0}}) {
          expected.blocks(run[0], run[1]);
          actual.blocks(run[0], run[1]);
          int count = CodeKernel.scalar().scanNibbles(table, expected);
          assertThat(CodeKernel.fastest().scanNibbles(table, actual)).isEqualTo(count);
          requireSame(actual, expected, count, 1e-5 * components * entryMax);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 64, 100, 784, 1536, 4096})
  void sumsOfBytesAreThoseOfThePlainLoop(int components) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = codes(CodeBlocks.byteBlockBytes(components), arena);
      MemorySegment terms = terms(arena);
      float[] weights = new float[CodeBlocks.paddedComponents(components)];
      for (int i = 0; i < components; i++) {
        weights[i] = (float) random.nextGaussian();
      }
      double rounding = 1e-3 * Math.sqrt(components);
      BlockScan expected = scan(codes, terms, components, Double.POSITIVE_INFINITY);
      BlockScan actual = scan(codes, terms, components, Double.POSITIVE_INFINITY);
      for (int[] run : new int[][] {{0, 64}, {64, 3}, {66, 1}}) {
        expected.blocks(run[0], run[1]);
        actual.blocks(run[0], run[1]);
        int count = CodeKernel.scalar().scanBytes(weights, expected);
        assertThat(CodeKernel.fastest().scanBytes(weights, actual)).isEqualTo(count);
        requireSame(actual, expected, count, rounding);
      }
    }
  }

  private static BlockScan scan(
      MemorySegment codes, MemorySegment terms, int components, double bound) {
    BlockScan scan = new BlockScan();
    scan.over(codes, terms, components);
    scan.distances(3, 1, (float) bound);
    return scan;
  }

  private static void requireSame(
      BlockScan actual, BlockScan expected, int count, double rounding) {
    for (int i = 0; i < count; i++) {
      assertThat(actual.row(i)).isEqualTo(expected.row(i));
      assertThat(actual.distance(i)).isCloseTo(expected.distance(i), within((float) rounding));
    }
  }

  @Test
  void blocksOutsideTheMemoryAreRefused() {
    try (Arena arena = Arena.ofConfined()) {
      BlockScan scan =
          scan(codes(CodeBlocks.nibbleBlockBytes(8), arena), terms(arena), 8, Float.MAX_VALUE);
      scan.blocks(BLOCKS - 1, 2);
      assertThatThrownBy(() -> CodeKernel.fastest().scanNibbles(new byte[128], scan))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void codesAreReadAsTheyWereWritten() {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment nibbles = arena.allocate(2 * CodeBlocks.nibbleBlockBytes(7));
      MemorySegment bytes = arena.allocate(2 * CodeBlocks.byteBlockBytes(7));
      long nibbleBlock = CodeBlocks.nibbleBlockBytes(7);
      long byteBlock = CodeBlocks.byteBlockBytes(7);
      for (int row = 0; row < CodeBlocks.ROWS; row++) {
        for (int m = 0; m < 7; m++) {
          CodeBlocks.setNibble(nibbles, nibbleBlock, row, m, (row + 3 * m) & 15);
          CodeBlocks.setByte(bytes, byteBlock, row, m, (byte) (7 * row + m));
        }
      }
      for (int row = 0; row < CodeBlocks.ROWS; row++) {
        for (int m = 0; m < 7; m++) {
          assertThat(CodeBlocks.nibble(nibbles, nibbleBlock, row, m)).isEqualTo((row + 3 * m) & 15);
          assertThat(CodeBlocks.byteAt(bytes, byteBlock, row, m)).isEqualTo((byte) (7 * row + m));
        }
      }
      byte[] before = new byte[(int) nibbleBlock];
      assertThat(
              Arrays.equals(nibbles.asSlice(0, nibbleBlock).toArray(ValueLayout.JAVA_BYTE), before))
          .isTrue();
    }
  }
}
