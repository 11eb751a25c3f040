package io.kindred.engine.ivf;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.index.FlatScan;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.IndexSearch.Passing;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

final class IvfIndexTest {
  private static final int ROWS = 5_000;
  private static final int COPIES = 20;

  /// Not a multiple of what a register holds, nor of the parts.
  private static final int DIMENSION = 21;

  private static final int K = 10;

  @TempDir Path directory;
  private final Arena arena = Arena.ofShared();
  private final SearchContext context = new SearchContext();
  private final TopK top = new TopK();
  private final int[] ordinals = new int[K];
  private final float[] distances = new float[K];

  @AfterEach
  void close() {
    arena.close();
  }

  private Lists lists() {
    return new Lists(directory, arena);
  }

  private static Stream<IndexSpec.Ivf> specs() {
    return Stream.of(
        new IndexSpec.IvfFlat(50),
        new IndexSpec.IvfPq(50, 8),
        new IndexSpec.IvfHnswPq(100, 0, new IndexSpec.Hnsw(8, 40)));
  }

  private static Stream<Arguments> specsAndMetrics() {
    return specs()
        .flatMap(spec -> Stream.of(Metric.values()).map(metric -> Arguments.of(spec, metric)));
  }

  /// The distance of the farthest of the k nearest, with room for rounding.
  private float threshold(Metric metric, VectorRows rows, float[] query, Pass pass) {
    float[] prepared = context.begin(metric, query, DIMENSION);
    top.reset(K);
    new FlatScan(metric, rows).scan(prepared, 0, ROWS, pass, context, top);
    int found = top.drain(ordinals, distances);
    return distances[found - 1] + 1e-5f * Math.abs(distances[found - 1]);
  }

  private double recall(IvfIndex index, Metric metric, VectorRows rows, int probes, Pass pass) {
    VectorRows queries = lists().vectors(100, DIMENSION, 99);
    int hits = 0;
    for (int i = 0; i < 100; i++) {
      float[] query = queries.vector(i);
      float threshold = threshold(metric, rows, query, pass);
      float[] prepared = context.begin(metric, query, DIMENSION);
      top.reset(K);
      index.search(prepared, probes, pass, context, top);
      int found = top.drain(ordinals, distances);
      for (int j = 0; j < found; j++) {
        assertThat(pass.test(ordinals[j])).isTrue();
        hits += distances[j] <= threshold ? 1 : 0;
      }
    }
    return hits / (100.0 * K);
  }

  @ParameterizedTest
  @MethodSource("specsAndMetrics")
  void aSearchOfAllListsMeetsEachPassingRowOnce(IndexSpec.Ivf spec, Metric metric)
      throws InterruptedException {
    VectorRows rows = lists().vectors(ROWS, DIMENSION, 1);
    Presence presence = lists().twoThirds(ROWS);
    IvfIndex index = lists().build(new IvfBuilder.Input(metric, rows, ROWS, presence, spec), null);
    assertThat(index.findViolation(presence)).isEmpty();
    Pass pass = ordinal -> ordinal % 5 != 0;
    IvfScratch scratch = new IvfScratch();
    scratch.begin(index.data().listCount(), K);
    scratch.candidates.reset(ROWS);
    index.collect(
        context.begin(metric, rows.vector(7), DIMENSION), index.data().listCount(), pass, scratch);
    BitSet seen = new BitSet();
    int count = scratch.candidates.finish();
    for (int i = 0; i < count; i++) {
      int ordinal = scratch.candidates.id(i);
      assertThat(seen.get(ordinal)).isFalse();
      assertThat(presence.has(ordinal) && pass.test(ordinal)).isTrue();
      seen.set(ordinal);
    }
    int expected = 0;
    for (int ordinal = 0; ordinal < ROWS; ordinal++) {
      expected += presence.has(ordinal) && pass.test(ordinal) ? 1 : 0;
    }
    assertThat(count).isEqualTo(expected);
  }

  /// Else a row's copies, which lie in its own list, are all that a measured query looks for.
  @ParameterizedTest
  @MethodSource("specs")
  void aWantedRecallIsMetWhereRowsHaveCopies(IndexSpec.Ivf spec) throws InterruptedException {
    VectorRows rows = lists().copies(lists().vectors(ROWS / COPIES, DIMENSION, 1), COPIES);
    IvfIndex index =
        lists().build(new IvfBuilder.Input(Metric.L2, rows, ROWS, Presence.ALL, spec), null);
    int probes = index.efFor(0.95, K);
    assertThat(recall(index, Metric.L2, rows, probes, Pass.ALL)).isGreaterThan(0.93);
  }

  @ParameterizedTest
  @MethodSource("specsAndMetrics")
  void aWantedRecallIsMetWithAndWithoutAFilter(IndexSpec.Ivf spec, Metric metric)
      throws InterruptedException {
    VectorRows rows = lists().vectors(ROWS, DIMENSION, 1);
    IvfIndex index =
        lists().build(new IvfBuilder.Input(metric, rows, ROWS, Presence.ALL, spec), null);
    for (double wanted : new double[] {0.8, 0.95}) {
      int probes = index.efFor(wanted, K);
      assertThat(recall(index, metric, rows, probes, Pass.ALL)).isGreaterThan(wanted - 0.02);
      assertThat(recall(index, metric, rows, probes, ordinal -> ordinal % 10 == 3))
          .isGreaterThan(wanted - 0.05);
    }
    int all = index.data().listCount();
    assertThat(recall(index, metric, rows, all, Pass.ALL)).isGreaterThan(0.985);
    assertThat(index.efFor(0.5, K)).isLessThan(index.efFor(0.95, K));
    assertThat(index.efFor(0.9, 1_000)).isGreaterThan(index.efFor(0.9, K));
  }

  /// The rows that pass lie where the queries do not.
  @ParameterizedTest
  @MethodSource("specs")
  void aFilterAgainstTheQueryWidensTheSearch(IndexSpec.Ivf spec) throws InterruptedException {
    VectorRows rows = lists().vectors(ROWS, DIMENSION, 1);
    IvfIndex index =
        lists().build(new IvfBuilder.Input(Metric.L2, rows, ROWS, Presence.ALL, spec), null);
    VectorRows queries = lists().vectors(400, DIMENSION, 98);
    Pass low = ordinal -> rows.vector(ordinal)[0] < -1;
    int hits = 0;
    int asked = 0;
    for (int i = 0; i < 400; i++) {
      float[] query = queries.vector(i);
      if (query[0] > 1.5) {
        float threshold = threshold(Metric.L2, rows, query, low);
        float[] prepared = context.begin(Metric.L2, query, DIMENSION);
        top.reset(K);
        index.search(prepared, index.efFor(0.95, K), low, context, top);
        int found = top.drain(ordinals, distances);
        for (int j = 0; j < found; j++) {
          hits += distances[j] <= threshold ? 1 : 0;
        }
        asked += K;
      }
    }
    assertThat(asked).isGreaterThan(50 * K);
    assertThat((double) hits / asked).isGreaterThan(0.9);
  }

  @ParameterizedTest
  @MethodSource("specs")
  void aFilterThatFewRowsPassIsNeverShort(IndexSpec.Ivf spec) throws InterruptedException {
    VectorRows rows = lists().vectors(ROWS, DIMENSION, 1);
    IvfIndex index =
        lists().build(new IvfBuilder.Input(Metric.L2, rows, ROWS, Presence.ALL, spec), null);
    Pass few = ordinal -> ordinal % 400 == 3;
    top.reset(K);
    index.search(context.begin(Metric.L2, rows.vector(1), DIMENSION), 1, few, context, top);
    assertThat(top.size()).isEqualTo(K);
    Pass fewer = ordinal -> ordinal % 1_000 == 3;
    top.reset(K);
    index.search(context.begin(Metric.L2, rows.vector(1), DIMENSION), 1, fewer, context, top);
    assertThat(top.size()).isEqualTo(5);
  }

  @ParameterizedTest
  @MethodSource("specsAndMetrics")
  void aFoldKeepsTheCodesOfRowsThatStayed(IndexSpec.Ivf spec, Metric metric)
      throws InterruptedException {
    VectorRows before = lists().vectors(ROWS, DIMENSION, 1);
    IvfIndex older =
        lists().build(new IvfBuilder.Input(metric, before, ROWS, Presence.ALL, spec), null);
    // Every fourth row is replaced, the others move by one.
    VectorRows after = lists().vectors(ROWS, DIMENSION, 2);
    MemorySegment oldToNew = arena.allocate(ROWS * 4L, 4);
    for (int i = 0; i < ROWS; i++) {
      int to = (i + 1) % ROWS;
      boolean stays = i % 4 != 0;
      oldToNew.setAtIndex(ValueLayout.JAVA_INT, i, stays ? to : -1);
      if (stays) {
        long stride = before.strideBytes();
        MemorySegment.copy(before.data(), i * stride, after.data(), to * stride, DIMENSION * 4L);
      }
    }
    IvfBuilder.Input input = new IvfBuilder.Input(metric, after, ROWS, Presence.ALL, spec);
    IvfIndex folded = lists().build(input, new IvfBuilder.Older(older, oldToNew));
    assertThat(folded.findViolation(Presence.ALL)).isEmpty();
    assertThat(folded.header().trainedRows()).isEqualTo(ROWS);
    assertThat(folded.data().centroids().vector(3)).isEqualTo(older.data().centroids().vector(3));
    for (int ordinal = 1; ordinal < ROWS; ordinal += 97) {
      int old = ordinal - 1;
      if (old % 4 != 0) {
        assertThat(code(folded, ordinal)).isEqualTo(code(older, old));
      }
    }
    int probes = folded.efFor(0.95, K);
    assertThat(recall(folded, metric, after, probes, Pass.ALL)).isGreaterThan(0.92);
  }

  private static byte[] code(IvfIndex index, int ordinal) {
    ListCodec codec = index.data().codec();
    byte[] code = new byte[codec.components()];
    int place = 0;
    while (index.data().ordinal(place) != ordinal) {
      place++;
    }
    codec.take(index.data().codes(), place / 32 * codec.blockBytes(), place % 32, code);
    return code;
  }

  @Test
  void anotherNumberOfListsIsTrainedAnew() throws InterruptedException {
    VectorRows rows = lists().vectors(ROWS, DIMENSION, 1);
    IvfIndex older =
        lists()
            .build(
                new IvfBuilder.Input(
                    Metric.L2, rows, ROWS, Presence.ALL, new IndexSpec.IvfFlat(50)),
                null);
    MemorySegment oldToNew = arena.allocate(ROWS * 4L, 4);
    IvfIndex folded =
        lists()
            .build(
                new IvfBuilder.Input(
                    Metric.L2, rows, ROWS, Presence.ALL, new IndexSpec.IvfFlat(60)),
                new IvfBuilder.Older(older, oldToNew));
    assertThat(folded.data().listCount()).isEqualTo(60);
    assertThat(folded.findViolation(Presence.ALL)).isEmpty();
  }

  @Test
  void aRowInTwoListsIsFound() throws InterruptedException {
    VectorRows rows = lists().vectors(ROWS, DIMENSION, 1);
    IvfIndex index =
        lists()
            .build(
                new IvfBuilder.Input(
                    Metric.L2, rows, ROWS, Presence.ALL, new IndexSpec.IvfFlat(50)),
                null);
    int other = index.data().ordinal(0);
    int place = index.data().firstBlock(1) * 32;
    index.data().ordinals().setAtIndex(ValueLayout.JAVA_INT, place, other);
    assertThat(index.findViolation(Presence.ALL))
        .hasValue("list 1: row " + other + " (expected: no row twice)");
    index.data().ordinals().setAtIndex(ValueLayout.JAVA_INT, place, -1);
    assertThat(index.findViolation(Presence.ALL).orElseThrow()).contains("term of no row");
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void searchingCreatesNoObject(Metric metric) throws InterruptedException {
    ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    VectorRows rows = lists().vectors(ROWS, DIMENSION, 1);
    Pass third = ordinal -> ordinal % 3 == 0;
    for (IndexSpec.Ivf spec : specs().toList()) {
      IvfIndex index =
          lists().build(new IvfBuilder.Input(metric, rows, ROWS, Presence.ALL, spec), null);
      IndexSearch search = new IndexSearch(index, metric, rows, ROWS);
      IndexSearch.Query[] queries = {
        new IndexSearch.Query(rows.vector(3), K, Effort.Recall.DEFAULT, Pass.ALL, Passing.ALL),
        new IndexSearch.Query(rows.vector(9), K, new Effort.Probes(3), Pass.ALL, Passing.ALL),
        new IndexSearch.Query(rows.vector(7), K, new Effort.Probes(8), third, Passing.FILTERED)
      };
      long least = Long.MAX_VALUE;
      for (int round = 0; round < 2_000 && least > 0; round++) {
        long before = threads.getCurrentThreadAllocatedBytes();
        for (int i = 0; i < 150; i++) {
          search.search(queries[i % queries.length], context, top);
          top.drain(ordinals, distances);
        }
        least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
      }
      assertThat(least).as("%s", spec).isZero();
    }
  }
}
