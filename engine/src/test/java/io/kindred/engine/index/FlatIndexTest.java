package io.kindred.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kindred.engine.Metric;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class FlatIndexTest {
  private static final int K = 10;

  @ParameterizedTest
  @EnumSource(Metric.class)
  void itAgreesWithANaiveReference(Metric metric) {
    try (Arena arena = Arena.ofConfined()) {
      Vectors vectors = Vectors.clustered(3_000, 37, 11, arena);
      FlatIndex index = new FlatIndex(metric, vectors.rows(), vectors.count(), vectors.count());
      SearchContext context = new SearchContext();
      TopK top = new TopK();
      for (int i = 0; i < 50; i++) {
        Random random = new Random(i);
        float[] query = vectors.get(random.nextInt(vectors.count()));
        for (int j = 0; j < query.length; j++) {
          query[j] += (float) random.nextGaussian();
        }
        double share = random.nextDouble();
        Pass pass =
            i % 5 == 0 ? Pass.ALL : ordinal -> Math.floorMod(ordinal * 31, 101) < 101 * share;

        top.reset(K);
        index.search(context.begin(metric, query, query.length), K, pass, context, top);
        int[] ordinals = new int[K];
        float[] distances = new float[K];
        int found = top.drain(ordinals, distances);

        List<Integer> expected = naive(metric, vectors, query, pass);
        assertThat(IntStream.range(0, found).map(j -> ordinals[j]).boxed())
            .as("%s, query %d", metric, i)
            .isEqualTo(expected.subList(0, Math.min(K, expected.size())));
        for (int j = 0; j < found; j++) {
          assertThat((double) distances[j])
              .isCloseTo(distance(metric, query, vectors.get(ordinals[j])), within(1e-3));
        }
      }
    }
  }

  @Test
  void aListOfRowsIsScannedLikeARange() {
    try (Arena arena = Arena.ofConfined()) {
      Vectors vectors = Vectors.clustered(2_000, 16, 3, arena);
      FlatScan scan = new FlatScan(Metric.L2, vectors.rows());
      SearchContext context = new SearchContext();
      float[] query = context.begin(Metric.L2, vectors.get(5), 16);
      Pass even = ordinal -> ordinal % 2 == 0;
      int[] listed = IntStream.range(300, 1_500).map(i -> 1_799 - i).toArray();
      TopK ranged = new TopK();
      ranged.reset(20);
      scan.scan(query, 300, 1_500, even, context, ranged);
      TopK picked = new TopK();
      picked.reset(20);
      scan.scan(query, listed, listed.length, even, context, picked);

      int[] fromRange = new int[20];
      int[] fromList = new int[20];
      ranged.drain(fromRange, new float[20]);
      picked.drain(fromList, new float[20]);
      assertThat(fromList).isEqualTo(fromRange);
    }
  }

  private static List<Integer> naive(Metric metric, Vectors vectors, float[] query, Pass pass) {
    List<Integer> ordinals = new ArrayList<>();
    for (int ordinal = 0; ordinal < vectors.count(); ordinal++) {
      if (pass.test(ordinal)) {
        ordinals.add(ordinal);
      }
    }
    double[] distances = new double[vectors.count()];
    for (int ordinal : ordinals) {
      distances[ordinal] = distance(metric, query, vectors.get(ordinal));
    }
    ordinals.sort(Comparator.comparingDouble(ordinal -> distances[ordinal]));
    return ordinals;
  }

  private static double distance(Metric metric, float[] a, float[] b) {
    double dot = 0;
    double squares = 0;
    double aSquares = 0;
    double bSquares = 0;
    for (int i = 0; i < a.length; i++) {
      dot += (double) a[i] * b[i];
      squares += ((double) a[i] - b[i]) * ((double) a[i] - b[i]);
      aSquares += (double) a[i] * a[i];
      bSquares += (double) b[i] * b[i];
    }
    return switch (metric) {
      case L2 -> squares;
      case DOT -> -dot;
      case COSINE -> -dot / Math.sqrt(aSquares * bSquares);
    };
  }
}
