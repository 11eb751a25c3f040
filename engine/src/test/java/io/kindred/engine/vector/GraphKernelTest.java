package io.kindred.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.CodeRows.Comparison;
import io.kindred.engine.vector.CodeRows.Format;
import io.kindred.engine.vector.NativeLibrary.Level;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/// Every kernel that this machine runs, compared with plain loops and with each other.
final class GraphKernelTest {
  private static final int ROWS = 300;
  private static final int DEGREE = 12;

  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void close() {
    arena.close();
  }

  private static List<GraphKernel> kernels() {
    List<GraphKernel> kernels = new ArrayList<>();
    kernels.add(GraphKernel.java());
    NativeLibrary library = NativeLibrary.find();
    if (library != null) {
      for (Level level : Level.values()) {
        if (level.compareTo(library.level()) <= 0) {
          kernels.add(NativeGraphKernel.of(library.atLevel(level)));
        }
      }
    }
    return kernels;
  }

  static Stream<Arguments> formsAndDimensions() {
    return Stream.of(Format.values())
        .flatMap(
            format ->
                Stream.of(Comparison.values())
                    .flatMap(
                        comparison ->
                            Stream.of(1, 3, 64, 100, 784, 1536, 4096)
                                .map(dimension -> Arguments.of(format, comparison, dimension))));
  }

  @ParameterizedTest
  @MethodSource("formsAndDimensions")
  void distancesAreThoseOfPlainLoops(Format format, Comparison comparison, int dimension) {
    Random random = new Random(dimension);
    CodeRows rows = rows(format, comparison, dimension, random);
    for (GraphKernel kernel : kernels()) {
      Walk walk = new Walk();
      walk.reserve(rows, ROWS, 10);
      for (int query : new int[] {0, 17, ROWS - 1}) {
        kernel.load(rows, query, walk);
        for (int count : new int[] {0, 1, 2, 3, 4, 5, 7, 64, ROWS}) {
          for (int i = 0; i < count; i++) {
            walk.setId(i, (i * 7 + query) % ROWS);
          }
          kernel.score(rows, walk, count);
          for (int i = 0; i < count; i++) {
            double expected = plain(rows, dimension, query, (i * 7 + query) % ROWS);
            assertThat((double) walk.distance(i))
                .as("%s, row %d of %d", kernel.getClass().getSimpleName(), i, count)
                .isCloseTo(expected, within(1e-4 * (Math.abs(expected) + 1) + 1e-6 * dimension));
          }
        }
      }
    }
  }

  @ParameterizedTest
  @EnumSource(Comparison.class)
  void walksFindTheSameRows(Comparison comparison) {
    Random random = new Random(5);
    CodeRows rows = rows(Format.U8, comparison, 40, random);
    GraphMemory graph = graph(rows, random);
    MemorySegment passing = arena.allocate(ROWS / 8 + 64, 64);
    for (int row = 0; row < ROWS; row++) {
      setBit(passing, row, random.nextInt(4) == 0);
    }
    for (int width : new int[] {1, 2, 10, 100, 1_000}) {
      for (int query = 0; query < 20; query++) {
        List<List<List<Long>>> found = new ArrayList<>();
        for (GraphKernel kernel : kernels()) {
          found.add(searches(kernel, graph, query, width, passing));
        }
        assertThat(found).as("width %d, query %d", width, query).allMatch(found.get(0)::equals);
        assertThat(found.get(0).get(0)).hasSize(Math.min(width, ROWS));
        assertThat(found.get(0).get(2)).allMatch(each -> bit(passing, Candidate.ordinal(each)));
      }
    }
  }

  private static List<List<Long>> searches(
      GraphKernel kernel, GraphMemory graph, int query, int width, MemorySegment passing) {
    Walk walk = new Walk();
    walk.reserve(graph.rows(), ROWS, width);
    List<List<Long>> found = new ArrayList<>();
    kernel.load(graph.rows(), query, walk);
    kernel.search(graph, walk, width);
    found.add(candidates(walk, walk.size()));
    walk.setId(0, 3);
    walk.setId(1, 3);
    walk.setId(2, 44);
    kernel.walk(graph, walk, 3, width);
    found.add(candidates(walk, walk.size()));
    kernel.searchPassing(graph, walk, width, passing.address());
    found.add(candidates(walk, walk.size()));
    for (float wanted : new float[] {0, 1.5f, 10, 60}) {
      int passingCount =
          kernel.searchThrough(graph, walk, width, passing.address(), width / 3f, wanted);
      List<Long> nearest = candidates(walk, walk.size());
      assertThat(nearest.stream().filter(each -> bit(passing, Candidate.ordinal(each))))
          .hasSize(passingCount);
      found.add(nearest);
    }
    found.add(List.of((long) kernel.passingEntries(graph, walk, 5, passing.address())));
    kernel.search(graph, walk, width);
    // The scratch memory is as it was before: nothing is left marked as seen.
    assertThat(candidates(walk, walk.size())).isEqualTo(found.get(0));
    int count = walk.size();
    for (int i = 0; i < count; i += 3) {
      walk.setCandidate(i, walk.candidate(i) | Candidate.MARK);
    }
    int chosen = kernel.select(graph.rows(), walk, count, 8, 1.15f);
    found.add(candidates(walk, count));
    found.add(List.of((long) chosen));
    return found;
  }

  @Test
  void aWalkThroughAllRowsEndsWhereEnoughPass() {
    Random random = new Random(6);
    CodeRows rows = rows(Format.U8, Comparison.L2, 40, random);
    GraphMemory graph = graph(rows, random);
    MemorySegment passing = arena.allocate(ROWS / 8 + 64, 64);
    for (int row = 0; row < ROWS; row++) {
      setBit(passing, row, row % 3 == 0);
    }
    for (GraphKernel kernel : kernels()) {
      Walk walk = new Walk();
      walk.reserve(rows, ROWS, ROWS);
      kernel.load(rows, 11, walk);
      int found = kernel.searchThrough(graph, walk, ROWS, passing.address(), 8, 20);
      // As wide as 8 + 20 / share, with the share of the beam itself.
      assertThat(found * (walk.size() - 8)).isGreaterThanOrEqualTo(20 * walk.size());
      assertThat((found - 1) * (walk.size() - 1 - 8)).isLessThan(20 * (walk.size() - 1));
      assertThat(kernel.searchThrough(graph, walk, 40, passing.address(), 8, 20)).isLessThan(20);
    }
  }

  @Test
  void aWalkThroughAllRowsGivesUpWhereHardlyAnyPass() {
    Random random = new Random(7);
    CodeRows rows = rows(Format.U8, Comparison.L2, 40, random);
    GraphMemory graph = graph(rows, random);
    MemorySegment passing = arena.allocate(ROWS / 8 + 64, 64);
    for (GraphKernel kernel : kernels()) {
      Walk walk = new Walk();
      walk.reserve(rows, ROWS, ROWS);
      kernel.load(rows, 11, walk);
      assertThat(kernel.searchThrough(graph, walk, ROWS, passing.address(), 50, 10)).isZero();
      assertThat(walk.size()).isZero();
    }
  }

  @ParameterizedTest
  @MethodSource("formsAndDimensions")
  void scansFindTheNearestOfThoseNamed(Format format, Comparison comparison, int dimension) {
    Random random = new Random(dimension);
    CodeRows rows = rows(format, comparison, dimension, random);
    for (double share : new double[] {0, 0.01, 0.4, 1}) {
      MemorySegment passing = arena.allocate(ROWS / 8 + 64, 64);
      MemorySegment listed = arena.allocate(4L * ROWS + 4, 64);
      int count = 0;
      for (int row = 0; row < ROWS; row++) {
        if (random.nextDouble() < share) {
          setBit(passing, row, true);
          listed.setAtIndex(ValueLayout.JAVA_INT, count++, row);
        }
      }
      for (GraphKernel kernel : kernels()) {
        for (int width : new int[] {1, 10, 100, 2 * ROWS}) {
          Walk walk = new Walk();
          walk.reserve(rows, ROWS, width);
          kernel.load(rows, 7, walk);
          List<Long> nearest = nearest(kernel, rows, walk, listed, count);
          nearest = nearest.subList(0, Math.min(width, count));
          kernel.scanPassing(rows, walk, width, passing.address(), (ROWS + 63) / 64);
          assertThat(candidates(walk, walk.size())).isEqualTo(nearest);
          kernel.scanListed(rows, walk, width, listed.address(), count);
          assertThat(candidates(walk, walk.size())).isEqualTo(nearest);
        }
      }
    }
  }

  /// All listed rows, nearest first, by the distances of the kernel itself.
  private static List<Long> nearest(
      GraphKernel kernel, CodeRows rows, Walk walk, MemorySegment listed, int count) {
    List<Long> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      walk.setId(0, listed.getAtIndex(ValueLayout.JAVA_INT, i));
      kernel.score(rows, walk, 1);
      all.add(Candidate.of(walk.distance(0), walk.id(0)));
    }
    all.sort(null);
    return all;
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void floatsAreComparedAsInScans(Metric metric) {
    for (int dimension : new int[] {1, 3, 64, 100, 784, 1536, 4096}) {
      Random random = new Random(dimension);
      long stride = VectorRows.strideBytes(dimension);
      MemorySegment data = arena.allocate(ROWS * stride, 64);
      for (int row = 0; row < ROWS; row++) {
        for (int i = 0; i < dimension; i++) {
          data.set(ValueLayout.JAVA_FLOAT, row * stride + 4L * i, random.nextFloat() - 0.5f);
        }
      }
      VectorRows rows = new VectorRows(data, stride, dimension);
      float[] query = rows.vector(9);
      Kernel.prepare(metric, query, dimension, query);
      float[] expected = new float[ROWS];
      Kernel.scalar(metric).scan(query, rows, 0, ROWS, expected);
      for (GraphKernel kernel : kernels()) {
        Walk walk = new Walk();
        walk.setFloats(query, dimension);
        for (int i = 0; i < ROWS; i++) {
          walk.setId(i, ROWS - 1 - i);
        }
        kernel.scoreFloats(metric, rows, walk, ROWS);
        for (int i = 0; i < ROWS; i++) {
          assertThat(walk.distance(i))
              .isCloseTo(expected[ROWS - 1 - i], within(dimension * 2e-6f + 1e-5f));
        }
      }
    }
  }

  private static List<Long> candidates(Walk walk, int count) {
    List<Long> candidates = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      candidates.add(walk.candidate(i));
    }
    return candidates;
  }

  private static void setBit(MemorySegment bits, int row, boolean value) {
    if (value) {
      long at = (row >>> 6) * 8L;
      bits.set(ValueLayout.JAVA_LONG, at, bits.get(ValueLayout.JAVA_LONG, at) | 1L << row);
    }
  }

  private static boolean bit(MemorySegment bits, int row) {
    return (bits.get(ValueLayout.JAVA_LONG, (row >>> 6) * 8L) & 1L << row) != 0;
  }

  private GraphMemory graph(CodeRows rows, Random random) {
    MemorySegment links = arena.allocate(ROWS * DEGREE * 4L, 64);
    for (int row = 0; row < ROWS; row++) {
      int count = 2 + random.nextInt(DEGREE - 1);
      for (int i = 0; i < DEGREE; i++) {
        int to = i == 0 ? (row + 1) % ROWS : random.nextInt(ROWS);
        links.setAtIndex(ValueLayout.JAVA_INT, (long) row * DEGREE + i, i < count ? to : -1);
      }
    }
    int entries = 7;
    MemorySegment ids = arena.allocate(entries * 4L, 64);
    for (int i = 0; i < entries; i++) {
      ids.setAtIndex(ValueLayout.JAVA_INT, i, i);
    }
    // The first rows are the entries, so that their copies are the rows themselves.
    return new GraphMemory(
        rows, links, DEGREE, ROWS, new GraphMemory.Entries(rows, ids, entries, 3), arena);
  }

  /// Random codes, with factors that fit them.
  private CodeRows rows(Format format, Comparison comparison, int dimension, Random random) {
    long stride = CodeRows.strideBytes(format, dimension);
    MemorySegment codes = arena.allocate(ROWS * stride, 64);
    MemorySegment factors = arena.allocate(ROWS * 4L, 64);
    for (int row = 0; row < ROWS; row++) {
      for (long i = 0; i < stride && format != Format.F32; i++) {
        codes.set(
            ValueLayout.JAVA_BYTE, row * stride + i, (byte) (format == Format.U8 ? 128 : 0x88));
      }
      double squares = 0;
      for (int i = 0; i < dimension; i++) {
        int code = format == Format.U4 ? random.nextInt(15) - 7 : random.nextInt(255) - 127;
        squares += (double) code * code;
        put(codes, row * stride, format, i, code);
      }
      float factor = comparison == Comparison.L2 ? (float) squares : 0.5f + random.nextFloat();
      factors.setAtIndex(ValueLayout.JAVA_FLOAT, row, factor);
    }
    return new CodeRows(format, comparison, codes, factors, stride, arena);
  }

  private static void put(MemorySegment codes, long row, Format format, int i, int code) {
    switch (format) {
      case U8 -> codes.set(ValueLayout.JAVA_BYTE, row + i, (byte) (code + 128));
      case F32 -> codes.set(ValueLayout.JAVA_FLOAT, row + 4L * i, code / 128f);
      case U4 -> {
        long at = row + i / 128 * 64L + i % 64;
        int shift = i / 64 % 2 * 4;
        int other = codes.get(ValueLayout.JAVA_BYTE, at) & ~(15 << shift);
        codes.set(ValueLayout.JAVA_BYTE, at, (byte) (other | ((code + 8) << shift)));
      }
    }
  }

  private static double component(CodeRows rows, int row, int i) {
    long at = rows.address(row);
    return switch (rows.format()) {
      case U8 -> (Memory.getByte(at + i) & 0xff) - 128;
      case F32 -> Memory.get(at, i);
      case U4 -> ((Memory.getByte(at + i / 128 * 64L + i % 64) >> (i / 64 % 2 * 4)) & 15) - 8;
    };
  }

  private static double plain(CodeRows rows, int dimension, int x, int y) {
    double dot = 0;
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      double a = component(rows, x, i);
      double b = component(rows, y, i);
      dot += a * b;
      squares += (a - b) * (a - b);
    }
    return rows.comparison() == Comparison.L2
        ? squares
        : -(double) rows.factor(x) * rows.factor(y) * dot;
  }
}
