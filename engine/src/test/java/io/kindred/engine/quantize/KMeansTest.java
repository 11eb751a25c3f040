package io.kindred.engine.quantize;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class KMeansTest {
  private static final int CENTRES = 12;
  private static final int DIMENSION = 10;

  /// Points close around a few centres that are far from each other.
  private static float[][] points(int count, long seed) {
    Random random = new Random(seed);
    float[][] points = new float[count][DIMENSION];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < DIMENSION; j++) {
        double centre = 20 * Math.sin((i % CENTRES + 1) * (j + 1));
        points[i][j] = (float) (centre + random.nextGaussian());
      }
    }
    return points;
  }

  private record Listed(float[][] vectors) implements Points {
    @Override
    public int dimension() {
      return vectors[0].length;
    }

    @Override
    public void copy(int point, float[] into, int at) {
      System.arraycopy(vectors[point], 0, into, at, dimension());
    }
  }

  private static VectorRows train(
      float[][] points, KMeans.Settings settings, int workers, Arena arena)
      throws InterruptedException {
    int[] all = IntStream.range(0, points.length).toArray();
    return KMeans.train(new Listed(points), all, settings, new SerialWorkers(workers), arena);
  }

  private static double error(float[][] points, VectorRows centroids, int count) {
    double sum = 0;
    for (float[] point : points) {
      double least = Double.MAX_VALUE;
      for (int c = 0; c < count; c++) {
        float[] centroid = centroids.vector(c);
        double squares = 0;
        for (int j = 0; j < DIMENSION; j++) {
          double difference = point[j] - centroid[j];
          squares += difference * difference;
        }
        least = Math.min(least, squares);
      }
      sum += least;
    }
    return sum / points.length;
  }

  /// With the bound, an iteration takes a part of the points only.
  @ParameterizedTest
  @ValueSource(longs = {1L << 30, 600 * DIMENSION * Float.BYTES})
  void pointsLieNearTheirCentroids(long batchBytesMax) throws InterruptedException {
    float[][] points = points(3_000, 1);
    try (Arena arena = Arena.ofConfined()) {
      KMeans.Settings settings = new KMeans.Settings(48, 10, 3, batchBytesMax);
      // Around its centre a point's squared distance is the dimension, on average.
      assertThat(error(points, train(points, settings, 2, arena), 48)).isLessThan(1.6 * DIMENSION);
    }
  }

  @Test
  void theOutcomeDoesNotDependOnTheThreads() throws InterruptedException {
    float[][] points = points(1_000, 2);
    KMeans.Settings settings = new KMeans.Settings(30, 5, 3, 1L << 30);
    try (Arena arena = Arena.ofConfined()) {
      VectorRows one = train(points, settings, 1, arena);
      VectorRows three = train(points, settings, 3, arena);
      for (int c = 0; c < 30; c++) {
        assertThat(one.vector(c)).isEqualTo(three.vector(c));
      }
    }
  }

  @Test
  void aCentroidThatNobodyIsNearToTakesHalfOfTheLargestCluster() throws InterruptedException {
    // All points but one are the same: most of the first centroids are, too.
    float[][] points = new float[400][DIMENSION];
    for (int i = 0; i < points.length; i++) {
      points[i][0] = i < 200 ? 1 : 100 + i;
    }
    try (Arena arena = Arena.ofConfined()) {
      VectorRows centroids = train(points, new KMeans.Settings(40, 10, 3, 1L << 30), 1, arena);
      assertThat(error(points, centroids, 40)).isLessThan(30);
    }
  }
}
