package io.kindred.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.hnsw.Graphs;
import io.kindred.engine.hnsw.HnswIndex;
import io.kindred.engine.index.IndexSearch.Passing;
import io.kindred.engine.index.IndexSearch.Path;
import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class IndexSearchTest {
  private static final int ROWS = 12_000;
  private static final int DIMENSION = 16;

  private static final Arena ARENA = Arena.ofShared();
  private static Vectors vectors;
  private static IndexSearch search;
  private static IndexSearch flat;

  private final SearchContext context = new SearchContext();
  private final TopK top = new TopK();

  @BeforeAll
  static void build(@TempDir java.nio.file.Path directory) throws InterruptedException {
    vectors = Vectors.clustered(ROWS, DIMENSION, 77, ARENA);
    HnswIndex index =
        Graphs.build(Metric.L2, vectors, Presence.ALL, directory.resolve("graph"), ARENA);
    search = new IndexSearch(index, Metric.L2, vectors.rows(), ROWS);
    flat =
        new IndexSearch(
            new FlatIndex(Metric.L2, vectors.rows(), ROWS, ROWS), Metric.L2, vectors.rows(), ROWS);
  }

  @AfterAll
  static void close() {
    ARENA.close();
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.0001, 0.001, 0.01, 0.05, 0.1, 0.3, 0.5, 0.7, 0.9, 0.99})
  void aFilteredSearchIsNeverShortAndFindsTheNearest(double share) {
    Random random = new Random(Double.hashCode(share));
    BitSet passing = new BitSet();
    for (int ordinal = 0; ordinal < ROWS; ordinal++) {
      passing.set(ordinal, random.nextDouble() < share);
    }
    check(passing, passing::get, Passing.FILTERED, 0.9);
    check(passing, passing::get, Passing.LIVE, 0.9);
    check(passing, ofBits(passing), Passing.ALL, 0.9);
  }

  private static Pass ofBits(BitSet passing) {
    PassBits bits = PassBits.create(ROWS, ARENA);
    passing.stream().forEach(bits::set);
    return new Pass() {
      @Override
      public boolean test(int ordinal) {
        return bits.test(ordinal);
      }

      @Override
      public PassBits bits() {
        return bits;
      }
    };
  }

  @Test
  void whatIsFartherThanTheBoundIsNotFound() {
    TopK exact = new TopK();
    for (int i = 0; i < 20; i++) {
      float[] query = vectors.get(i * 131);
      query[0] += 0.5f;
      flat.search(query(query, 50, Pass.ALL, Passing.ALL), context, exact);
      int[] ordinals = new int[50];
      float[] nearest = new float[50];
      exact.drain(ordinals, nearest);
      for (int within : new int[] {1, 7, 50}) {
        float bound = nearest[within - 1];
        IndexSearch.Query bounded =
            new IndexSearch.Query(query, 50, Effort.Recall.DEFAULT, Pass.ALL, Passing.ALL, bound);
        assertThat(search.search(bounded, context, top)).isIn(Path.GRAPH, Path.EXACT);
        int found = top.drain(ordinals, new float[50]);
        assertThat(found).isBetween((int) (0.8 * within), within);
        flat.search(bounded, context, exact);
        assertThat(exact.size()).isEqualTo(within);
        exact.drain(ordinals, new float[50]);
      }
    }
  }

  /// The rows that pass are those far from the query, so that a walk meets none for long.
  @ParameterizedTest
  @ValueSource(ints = {1, 20, 500, 6_000})
  void aFilterAgainstTheQueryIsNeverShort(int passingCount) {
    float[] query = vectors.get(0);
    TopK all = new TopK();
    all.reset(ROWS);
    new FlatScan(Metric.L2, vectors.rows())
        .scan(context.begin(Metric.L2, query, DIMENSION), 0, ROWS, Pass.ALL, context, all);
    int[] ordinals = new int[ROWS];
    all.drain(ordinals, new float[ROWS]);
    BitSet far = new BitSet();
    for (int i = ROWS - passingCount; i < ROWS; i++) {
      far.set(ordinals[i]);
    }
    for (int k : new int[] {1, 10, 300}) {
      search.search(query(query, k, far::get, Passing.FILTERED), context, top);
      assertThat(top.size()).isEqualTo(Math.min(k, passingCount));
      search.search(query(query, k, ofBits(far), Passing.ALL), context, top);
      assertThat(top.size()).isEqualTo(Math.min(k, passingCount));
    }
  }

  @Test
  void whatIsAskedForExactlyIsSearchedExactly() {
    float[] query = vectors.get(3);
    assertThat(
            search.search(
                new IndexSearch.Query(query, 10, new Effort.Exact(), Pass.ALL, Passing.ALL),
                context,
                top))
        .isEqualTo(Path.EXACT);
    assertThat(context.visitedCount()).isEqualTo(ROWS);
    assertThat(flat.search(query(query, 10, Pass.ALL, Passing.ALL), context, top))
        .isEqualTo(Path.FLAT);
    assertThat(search.search(query(query, 10, Pass.ALL, Passing.ALL), context, top))
        .isEqualTo(Path.GRAPH);
    assertThat(context.visitedCount()).isLessThan(ROWS / 4);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 64, 256, 257, 2_000, ROWS, ROWS + 1})
  void anyKIsFilled(int k) {
    search.search(query(vectors.get(3), k, Pass.ALL, Passing.ALL), context, top);
    assertThat(top.size()).isEqualTo(Math.min(k, ROWS));
    search.search(
        new IndexSearch.Query(vectors.get(4), k, new Effort.BeamWidth(1), Pass.ALL, Passing.ALL),
        context,
        top);
    assertThat(top.size()).isEqualTo(Math.min(k, ROWS));
  }

  private void check(BitSet passing, Pass pass, Passing kind, double recallMin) {
    int hits = 0;
    int expectedHits = 0;
    TopK exact = new TopK();
    for (int i = 0; i < 40; i++) {
      float[] query = vectors.get(i * 97);
      for (int j = 0; j < DIMENSION; j++) {
        query[j] += 0.3f * ((i + j) % 3 - 1);
      }
      search.search(query(query, 10, pass, kind), context, top);
      flat.search(query(query, 10, passing::get, Passing.FILTERED), context, exact);
      int expected = Math.min(10, passing.cardinality());
      assertThat(top.size()).isEqualTo(expected);
      int[] ordinals = new int[10];
      float[] found = new float[10];
      float[] nearest = new float[10];
      exact.drain(ordinals, nearest);
      top.drain(ordinals, found);
      for (int j = 0; j < expected; j++) {
        assertThat(passing.get(ordinals[j])).isTrue();
        hits += found[j] <= nearest[expected - 1] ? 1 : 0;
      }
      expectedHits += expected;
    }
    assertThat(hits).isGreaterThanOrEqualTo((int) (recallMin * expectedHits));
  }

  private static IndexSearch.Query query(float[] query, int k, Pass pass, Passing passing) {
    return new IndexSearch.Query(query, k, Effort.Recall.DEFAULT, pass, passing);
  }
}
