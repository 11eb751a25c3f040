package io.kindred.engine.hnsw;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.index.FlatScan;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.Vectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class LiveGraphTest {
  private static final int ROWS = 6_000;
  private static final int DIMENSION = 24;
  private static final int K = 10;

  private final Arena arena = Arena.ofShared();

  @AfterEach
  void close() {
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void whatIsLinkedIsFoundAtEverySize(Metric metric) {
    Vectors vectors = Vectors.clustered(ROWS, DIMENSION, 3, arena);
    LiveGraph graph = graph(metric, vectors, Presence.ALL);
    for (int size : new int[] {LiveGraph.ROWS_MIN, 513, 1_000, 3_000, ROWS}) {
      graph.linkTo(size, () -> false);
      LiveGraph.Snapshot snapshot = graph.snapshot();
      assertThat(snapshot.rowCount()).isEqualTo(size);
      assertThat(snapshot.linkedCount()).isEqualTo(size);
      assertThat(recall(snapshot, metric, vectors)).as("%d rows", size).isGreaterThan(0.9);
    }
  }

  @Test
  void rowsWithoutAVectorAreLeftOut() {
    Vectors vectors = Vectors.clustered(ROWS, DIMENSION, 4, arena);
    MemorySegment bits = arena.allocate(ROWS / 8 + 8);
    for (int row = 0; row < ROWS; row += 2) {
      byte before = bits.get(ValueLayout.JAVA_BYTE, row / 8);
      bits.set(ValueLayout.JAVA_BYTE, row / 8, (byte) (before | 1 << row % 8));
    }
    LiveGraph graph = graph(Metric.L2, vectors, new Presence(bits));
    graph.linkTo(ROWS, () -> false);
    assertThat(graph.snapshot().linkedCount()).isEqualTo(ROWS / 2);
    SearchContext context = new SearchContext();
    TopK top = new TopK();
    top.reset(100);
    float[] query = context.begin(Metric.L2, vectors.get(1), DIMENSION);
    graph.snapshot().search(query, 200, Pass.ALL, context, top);
    int[] ordinals = new int[100];
    assertThat(top.drain(ordinals, new float[100])).isEqualTo(100);
    assertThat(java.util.stream.IntStream.of(ordinals)).allMatch(ordinal -> ordinal % 2 == 0);
  }

  @Test
  void linkingStopsWhereItIsToldTo() {
    Vectors vectors = Vectors.clustered(ROWS, DIMENSION, 5, arena);
    LiveGraph graph = graph(Metric.L2, vectors, Presence.ALL);
    int[] asked = {0};
    graph.linkTo(ROWS, () -> ++asked[0] > 700);
    assertThat(graph.snapshot().rowCount()).isEqualTo(700);
    graph.linkTo(ROWS, () -> false);
    assertThat(graph.snapshot().rowCount()).isEqualTo(ROWS);
  }

  @Test
  void searchesMeanwhileFindRowsOfTheirSnapshotOnly() throws Exception {
    Vectors vectors = Vectors.clustered(ROWS, DIMENSION, 6, arena);
    LiveGraph graph = graph(Metric.L2, vectors, Presence.ALL);
    try (ExecutorService executor = Executors.newSingleThreadExecutor()) {
      Future<?> linking = executor.submit(() -> graph.linkTo(ROWS, () -> false));
      SearchContext context = new SearchContext();
      TopK top = new TopK();
      int[] ordinals = new int[K];
      float[] distances = new float[K];
      for (int i = 0; !linking.isDone(); i++) {
        LiveGraph.Snapshot snapshot = graph.snapshot();
        int row = i * 31 % Math.max(1, snapshot.rowCount());
        top.reset(K);
        float[] query = context.begin(Metric.L2, vectors.get(row), DIMENSION);
        snapshot.search(query, 40, Pass.ALL, context, top);
        int found = top.drain(ordinals, distances);
        for (int j = 0; j < found; j++) {
          assertThat(ordinals[j]).isLessThan(snapshot.rowCount());
        }
      }
      linking.get();
    }
    assertThat(recall(graph.snapshot(), Metric.L2, vectors)).isGreaterThan(0.9);
  }

  private LiveGraph graph(Metric metric, Vectors vectors, Presence presence) {
    return new LiveGraph(
        new LiveGraph.Input(metric, vectors.rows(), ROWS, presence, IndexSpec.Hnsw.DEFAULT),
        LiveGraph.ROWS_MIN,
        arena);
  }

  private static double recall(LiveGraph.Snapshot snapshot, Metric metric, Vectors vectors) {
    SearchContext context = new SearchContext();
    TopK top = new TopK();
    FlatScan scan = new FlatScan(metric, vectors.rows());
    int[] ordinals = new int[K];
    float[] distances = new float[K];
    int hits = 0;
    for (int i = 0; i < 100; i++) {
      float[] raw = vectors.get(i * 37 % ROWS);
      for (int j = 0; j < DIMENSION; j++) {
        raw[j] += vectors.get(i * 53 % ROWS)[j];
      }
      float[] query = context.begin(metric, raw, DIMENSION);
      top.reset(K);
      scan.scan(query, 0, snapshot.rowCount(), Pass.ALL, context, top);
      top.drain(ordinals, distances);
      float farthest = distances[K - 1] + 1e-6f * Math.abs(distances[K - 1]);
      top.reset(K);
      snapshot.search(query, 2 * snapshot.efFor(0.95, K), Pass.ALL, context, top);
      int found = top.drain(ordinals, distances);
      for (int j = 0; j < found; j++) {
        hits += distances[j] <= farthest ? 1 : 0;
      }
    }
    return hits / (100.0 * K);
  }
}
