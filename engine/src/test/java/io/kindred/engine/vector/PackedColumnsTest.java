package io.kindred.engine.vector;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kindred.engine.vector.PackedColumns.Nearness;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PackedColumnsTest {
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "3, 5, 7", "64, 64, 4", "65, 100, 9", "130, 784, 6", "300, 33, 130"})
  void theNearestColumnIsFound(int columns, int dimension, int points) {
    Random random = new Random(columns);
    try (Arena arena = Arena.ofConfined()) {
      long stride = VectorRows.strideBytes(dimension);
      VectorRows rows = new VectorRows(arena.allocate(columns * stride, 64), stride, dimension);
      for (int i = 0; i < columns; i++) {
        for (int j = 0; j < dimension; j++) {
          float value = (float) random.nextGaussian();
          rows.data().set(ValueLayout.JAVA_FLOAT, i * stride + j * 4L, value);
        }
      }
      PackedColumns.Block block = new PackedColumns.Block(points, dimension);
      for (int i = 0; i < points * dimension; i++) {
        block.points()[i] = (float) random.nextGaussian();
      }
      for (Nearness nearness : Nearness.values()) {
        var memory = arena.allocate(PackedColumns.sizeBytes(columns, dimension), 64);
        PackedColumns packed = PackedColumns.pack(rows, columns, nearness, memory);
        packed.findNearest(block, points);
        for (int point = 0; point < points; point++) {
          double[] scores = scores(rows, columns, block.points(), point, nearness);
          int nearest = 0;
          for (int i = 1; i < columns; i++) {
            nearest = scores[i] < scores[nearest] ? i : nearest;
          }
          double rounding = 1e-4 * dimension;
          assertThat(scores[block.nearest(point)]).isCloseTo(scores[nearest], within(rounding));
          assertThat((double) block.score(point)).isCloseTo(scores[nearest], within(rounding));
        }
      }
    }
  }

  private static double[] scores(
      VectorRows rows, int columns, float[] points, int point, Nearness nearness) {
    double[] scores = new double[columns];
    for (int i = 0; i < columns; i++) {
      float[] column = rows.vector(i);
      for (int j = 0; j < column.length; j++) {
        double bias = nearness == Nearness.DISTANCE ? 0.5 * column[j] * column[j] : 0;
        scores[i] += bias - (double) column[j] * points[point * column.length + j];
      }
    }
    return scores;
  }
}
