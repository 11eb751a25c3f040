package io.kindred.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
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

  /// The kernels that this machine can run.
  private static List<CodeKernel> kernels() {
    List<CodeKernel> kernels = new ArrayList<>();
    kernels.add(CodeKernel.java());
    NativeLibrary library = NativeLibrary.find();
    if (library != null) {
      for (NativeLibrary.Level level : NativeLibrary.Level.values()) {
        if (level.compareTo(library.level()) <= 0) {
          kernels.add(NativeCodeKernel.of(library.atLevel(level)));
        }
      }
    }
    return kernels;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 32, 50, 64, 257, 768, 4096})
  void sumsOfNibblesAreThoseOfThePlainLoop(int components) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = codes(CodeBlocks.nibbleBlockBytes(components), arena);
      MemorySegment terms = terms(arena);
      byte[] entries = new byte[components * 16];
      int entryMax = Math.min(255, CodeKernel.TABLE_SUM_MAX / components);
      for (int i = 0; i < entries.length; i++) {
        entries[i] = (byte) random.nextInt(entryMax + 1);
      }
      // At least one row meets the largest sum of all.
      for (int m = 0; m < components; m++) {
        entries[16 * m + CodeBlocks.nibble(codes, 0, 0, m)] = (byte) entryMax;
      }
      ScanTable table = new ScanTable();
      table.setEntries(entries, components);
      float middle = components * entryMax / 2f;
      for (float bound : new float[] {middle, 0, 1e9f, Float.POSITIVE_INFINITY}) {
        BlockScan scan = new BlockScan();
        scan.over(table, codes, terms, components);
        scan.distances(3, 1, bound);
        for (int[] run : new int[][] {{0, 64}, {64, 3}, {5, 1}, {66, 1}, {3, 0}}) {
          scan.blocks(run[0], run[1]);
          Found expected = Found.of(scan, CodeKernel.scalar().scanNibbles(scan));
          for (CodeKernel kernel : kernels()) {
            Found actual = Found.of(scan, kernel.scanNibbles(scan));
            actual.requireSame(expected, 1e-5 * components * entryMax);
          }
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 4, 64, 100, 784, 1536, 4096})
  void sumsOfBytesAreThoseOfThePlainLoop(int components) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = codes(CodeBlocks.byteBlockBytes(components), arena);
      float[] weights = new float[components];
      float largest = 0;
      for (int i = 0; i < components; i++) {
        weights[i] = (float) random.nextGaussian();
        largest = Math.max(largest, Math.abs(weights[i]));
      }
      ScanTable table = new ScanTable();
      table.setWeights(weights, components);
      BlockScan scan = new BlockScan();
      scan.over(table, codes, terms(arena), components);
      scan.distances(3, 0.5f, Float.POSITIVE_INFINITY);
      // Half a step for each weight, times a code's distance from its middle: six standard errors.
      double rounding = 6 * 0.5 * largest / 127 / Math.sqrt(12) * 74 * Math.sqrt(components);
      for (int[] run : new int[][] {{0, 64}, {64, 3}, {66, 1}}) {
        scan.blocks(run[0], run[1]);
        Found expected = Found.of(scan, CodeKernel.scalar().scanBytes(scan));
        for (CodeKernel kernel : kernels()) {
          boolean isExact = kernel instanceof VectorCodeKernel;
          Found actual = Found.of(scan, kernel.scanBytes(scan));
          actual.requireSame(expected, isExact ? 1e-3 * Math.sqrt(components) : rounding + 1e-3);
        }
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 64, 100, 8192})
  void sumsOfBytesAreExactWhereWeightsAreWholeSteps(int components) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment codes = codes(CodeBlocks.byteBlockBytes(components), arena);
      float[] weights = new float[components];
      for (int i = 0; i < components; i++) {
        weights[i] = i == 0 ? -127 : random.nextInt(-127, 128);
      }
      ScanTable table = new ScanTable();
      table.setWeights(weights, components);
      for (float bound : new float[] {0, Float.POSITIVE_INFINITY, -1e12f}) {
        BlockScan scan = new BlockScan();
        scan.over(table, codes, terms(arena), components);
        scan.distances(0.25f, 1, bound);
        scan.blocks(1, 64);
        Found expected = Found.of(scan, CodeKernel.scalar().scanBytes(scan));
        for (CodeKernel kernel : kernels()) {
          Found actual = Found.of(scan, kernel.scanBytes(scan));
          actual.requireSame(expected, 0.02 * Math.sqrt(components) + 1);
        }
      }
    }
  }

  /// What a scan found, copied.
  private record Found(int[] rows, float[] distances) {
    static Found of(BlockScan scan, int count) {
      Found found = new Found(new int[count], new float[count]);
      for (int i = 0; i < count; i++) {
        found.rows[i] = scan.row(i);
        found.distances[i] = scan.distance(i);
      }
      return found;
    }

    void requireSame(Found expected, double rounding) {
      assertThat(rows).isEqualTo(expected.rows);
      assertThat(distances)
          .usingComparatorWithPrecision((float) rounding)
          .containsExactly(expected.distances);
    }
  }

  @Test
  void blocksOutsideTheMemoryAreRefused() {
    try (Arena arena = Arena.ofConfined()) {
      ScanTable table = new ScanTable();
      table.setEntries(new byte[8 * 16], 8);
      BlockScan scan = new BlockScan();
      scan.over(table, codes(CodeBlocks.nibbleBlockBytes(8), arena), terms(arena), 8);
      scan.distances(0, 1, 1);
      scan.blocks(BLOCKS - 1, 2);
      for (CodeKernel kernel : kernels()) {
        assertThatThrownBy(() -> kernel.scanNibbles(scan))
            .isInstanceOf(IndexOutOfBoundsException.class);
      }
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
