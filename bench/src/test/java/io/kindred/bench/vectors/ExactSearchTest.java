package io.kindred.bench.vectors;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Metric;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class ExactSearchTest {
  private static final int ROWS = 700;
  private static final int K = 10;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Metric.class)
  void findsWhatSortingAllRowsFinds(Metric metric) {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    for (int dimension : new int[] {1, 3, 4, 17, 64}) {
      float[][] rows = vectors(random, ROWS, dimension);
      float[][] queries = vectors(random, 50, dimension);
      try (VectorFile file = file(rows)) {
        ExactSearch search = new ExactSearch(file, metric);
        Truth truth = search.nearest(queries, K, (query, row) -> row % 3 != query % 3);
        for (int i = 0; i < queries.length; i++) {
          int query = i;
          double[] sorted =
              IntStream.range(0, ROWS)
                  .filter(row -> row % 3 != query % 3)
                  .mapToDouble(row -> search.distance(queries[query], row))
                  .sorted()
                  .limit(K)
                  .toArray();
          assertThat(truth.distances()[i]).isEqualTo(sorted);
          assertThat(truth.rows()[i]).doesNotHaveDuplicates();
          assertThat(java.util.Arrays.stream(truth.rows()[i]))
              .allMatch(row -> row % 3 != query % 3);
        }
      }
    }
  }

  @Test
  void distancesFollowTheMetric() {
    try (VectorFile file = file(new float[][] {{3, 4}, {0, 0}})) {
      float[] query = {1, 0};
      assertThat(new ExactSearch(file, Metric.L2).distance(query, 0)).isEqualTo(20);
      assertThat(new ExactSearch(file, Metric.DOT).distance(query, 0)).isEqualTo(-3);
      assertThat(new ExactSearch(file, Metric.COSINE).distance(query, 0)).isEqualTo(-0.6);
      assertThat(new ExactSearch(file, Metric.COSINE).distance(query, 1)).isZero();
    }
  }

  @Test
  void findsFewerWhereFewerPass() {
    try (VectorFile file = file(new float[][] {{1}, {2}, {3}})) {
      Truth truth =
          new ExactSearch(file, Metric.L2)
              .nearest(new float[][] {{0}, {0}}, 5, (q, row) -> row > q);
      assertThat(truth.rows()).isEqualTo(new int[][] {{1, 2}, {2}});
      assertThat(truth.size()).isEqualTo(3);
    }
  }

  @Test
  void whichOfEquallyNearRowsIsFoundDoesNotMatter() {
    float[][] rows =
        IntStream.range(0, 40).mapToObj(i -> new float[] {i < 30 ? 1 : i}).toArray(float[][]::new);
    float[] query = {1};
    try (VectorFile file = file(rows)) {
      ExactSearch search = new ExactSearch(file, Metric.L2);
      Truth truth = search.nearest(new float[][] {query}, 3, ExactSearch.RowTest.ALL);
      assertThat(search.hits(truth, 0, query, new long[] {27, 28, 29}, 3)).isEqualTo(3);
      assertThat(search.hits(truth, 0, query, new long[] {27, 35, 29}, 3)).isEqualTo(2);
      assertThat(search.hits(truth, 0, query, new long[] {27, 28, 29, 26}, 4)).isEqualTo(3);
      assertThat(search.hits(truth, 0, query, new long[] {27, 28, 29}, 1)).isEqualTo(1);
    }
  }

  @Test
  void aTruthIsKeptUntilAFileChanges() throws IOException {
    Path base = path("base", new float[][] {{1}, {2}, {9}});
    Path queries = path("queries", new float[][] {{8}});
    Path cache = Files.createDirectory(directory.resolve("cache"));
    assertThat(truth(cache, base, queries).rows()).isEqualTo(new int[][] {{2, 1}});
    assertThat(truth(cache, base, queries).rows()).isEqualTo(new int[][] {{2, 1}});
    assertThat(kept(cache)).isEqualTo(1);

    path("base", new float[][] {{8}, {2}, {9}, {5}});
    assertThat(truth(cache, base, queries).rows()).isEqualTo(new int[][] {{0, 2}});
    assertThat(truth(cache, base, queries).distances()).isEqualTo(new double[][] {{0, 1}});
    assertThat(kept(cache)).isEqualTo(2);
  }

  private static long kept(Path cache) throws IOException {
    try (var files = Files.list(cache)) {
      return files.count();
    }
  }

  private static Truth truth(Path cache, Path base, Path queries) {
    try (VectorFile rows = VectorFile.open(base);
        VectorFile vectors = VectorFile.open(queries)) {
      return BenchCache.truth(cache, new ExactSearch(rows, Metric.L2), vectors, 2);
    }
  }

  @Test
  void theAxisIsTheOneAlongWhichVectorsDifferMost() {
    SplittableRandom random = new SplittableRandom(5);
    float[][] rows = vectors(random, 500, 6);
    for (float[] row : rows) {
      row[2] *= 10;
    }
    try (VectorFile file = file(rows)) {
      PrincipalAxis axis = PrincipalAxis.of(file);
      Comparator<float[]> byPlace = Comparator.comparingDouble(axis::place);
      float[] least = java.util.Arrays.stream(rows).min(byPlace).orElseThrow();
      float[] largest = java.util.Arrays.stream(rows).max(byPlace).orElseThrow();
      assertThat(Math.abs(least[2] - largest[2])).isGreaterThan(30);
    }
  }

  private static float[][] vectors(SplittableRandom random, int count, int dimension) {
    float[][] vectors = new float[count][dimension];
    for (float[] vector : vectors) {
      for (int i = 0; i < dimension; i++) {
        vector[i] = (float) random.nextGaussian();
      }
    }
    return vectors;
  }

  private VectorFile file(float[][] rows) {
    return VectorFile.open(path("rows" + rows[0].length, rows));
  }

  private Path path(String name, float[][] rows) {
    Path path = directory.resolve(name);
    try (VectorFileWriter writer = new VectorFileWriter(path, rows[0].length)) {
      for (float[] row : rows) {
        writer.write(row, 0);
      }
      writer.finish();
    }
    return path;
  }
}
