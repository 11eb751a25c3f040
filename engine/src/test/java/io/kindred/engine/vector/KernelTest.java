package io.kindred.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.kindred.engine.Metric;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class KernelTest {
  private static final int ROWS = 41;

  private final Arena arena = Arena.ofConfined();

  @AfterEach
  void close() {
    arena.close();
  }

  static Stream<Arguments> metricsAndDimensions() {
    return Stream.of(Metric.values())
        .flatMap(
            metric ->
                IntStream.of(1, 2, 3, 4, 5, 15, 16, 17, 31, 64, 100, 127, 784, 1536, 4096)
                    .mapToObj(dimension -> Arguments.of(metric, dimension)));
  }

  @ParameterizedTest
  @MethodSource("metricsAndDimensions")
  void theFastKernelAgreesWithThePlainLoop(Metric metric, int dimension) {
    Random random = new Random(dimension);
    VectorRows rows = rows(dimension, random);
    float[] query = query(metric, dimension, random);
    int[] ordinals = random.ints(3 * ROWS, 0, ROWS).toArray();
    float[] expected = new float[ordinals.length];
    float[] actual = new float[ordinals.length];
    for (int count = 0; count <= ordinals.length; count += 1 + count / 5) {
      Kernel.scalar(metric).score(query, rows, ordinals, count, expected);
      Kernel.of(metric).score(query, rows, ordinals, count, actual);
      for (int i = 0; i < count; i++) {
        assertThat(actual[i])
            .as("%s, dimension %d, row %d", metric, dimension, ordinals[i])
            .isCloseTo(expected[i], within(tolerance(metric, dimension)));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("metricsAndDimensions")
  void aDistanceIsTheSameInEveryBatchAndInAScan(Metric metric, int dimension) {
    Random random = new Random(dimension);
    VectorRows rows = rows(dimension, random);
    float[] query = query(metric, dimension, random);
    float[] scanned = new float[ROWS];
    Kernel kernel = Kernel.of(metric);
    kernel.scan(query, rows, 0, ROWS, scanned);
    int[] ordinals = random.ints(ROWS, 0, ROWS).toArray();
    float[] scored = new float[ROWS];
    for (int count = 1; count <= ROWS; count++) {
      kernel.score(query, rows, ordinals, count, scored);
      for (int i = 0; i < count; i++) {
        assertThat(scored[i]).isCloseTo(scanned[ordinals[i]], within(tolerance(metric, dimension)));
      }
    }
    float[] part = new float[5];
    kernel.scan(query, rows, 7, part.length, part);
    for (int i = 0; i < part.length; i++) {
      assertThat(part[i]).isCloseTo(scanned[7 + i], within(tolerance(metric, dimension)));
    }
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void aRowOutsideTheSegmentIsRefused(Metric metric) {
    VectorRows rows = rows(20, new Random(1));
    float[] distances = new float[4];
    Kernel kernel = Kernel.of(metric);
    for (int ordinal : new int[] {-1, ROWS, Integer.MAX_VALUE, Integer.MIN_VALUE}) {
      assertThatThrownBy(
              () -> kernel.score(new float[20], rows, new int[] {0, 1, ordinal, 2}, 4, distances))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> kernel.score(new float[20], rows, new int[] {ordinal}, 1, distances))
          .isInstanceOf(IndexOutOfBoundsException.class);
    }
    assertThatThrownBy(() -> kernel.scan(new float[20], rows, ROWS - 1, 2, distances))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void aQueryHasUnitLengthUnderCosineOnly() {
    float[] prepared = new float[2];
    Kernel.prepare(Metric.COSINE, new float[] {3e30f, 4e30f}, 2, prepared);
    assertThat(prepared[0]).isCloseTo(0.6f, within(1e-6f));
    assertThat(prepared[1]).isCloseTo(0.8f, within(1e-6f));
    Kernel.prepare(Metric.COSINE, new float[] {0, 0}, 2, prepared);
    assertThat(prepared).containsExactly(0f, 0f);
    Kernel.prepare(Metric.DOT, new float[] {3, 4}, 2, prepared);
    assertThat(prepared).containsExactly(3f, 4f);
  }

  private static float tolerance(Metric metric, int dimension) {
    return metric == Metric.COSINE ? 1e-5f : dimension * 2e-6f + 1e-6f;
  }

  private static float[] query(Metric metric, int dimension, Random random) {
    float[] query = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      query[i] = random.nextFloat() - 0.5f;
    }
    Kernel.prepare(metric, query, dimension, query);
    return query;
  }

  /// Rows with garbage between them, as the stride may leave room.
  private VectorRows rows(int dimension, Random random) {
    long stride = VectorRows.strideBytes(dimension);
    MemorySegment data = arena.allocate(ROWS * stride, 64);
    data.fill((byte) 0x7f);
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < dimension; i++) {
        data.set(ValueLayout.JAVA_FLOAT, row * stride + i * 4L, random.nextFloat() - 0.5f);
      }
    }
    return new VectorRows(data, stride, dimension);
  }
}
