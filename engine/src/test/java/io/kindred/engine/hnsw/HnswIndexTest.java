package io.kindred.engine.hnsw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.SearchContexts;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.Vectors;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class HnswIndexTest {
  private final Arena arena = Arena.ofShared();
  @TempDir Path directory;

  @AfterEach
  void close() {
    arena.close();
  }

  private Path file() {
    return directory.resolve("graph");
  }

  @Test
  void theBooksAreFoundForTheirReaders() throws IOException, InterruptedException {
    Vectors items = Vectors.fvecs("amazon-book/items.fvecs", 30_000, arena);
    Vectors users = Vectors.fvecs("amazon-book/users.fvecs", 1_000, arena);
    HnswIndex index =
        Graphs.build(Metric.DOT, items, Presence.ALL, IndexSpec.Hnsw.DEFAULT, file(), arena);

    assertThat(index.findViolation(Presence.ALL)).isEmpty();
    int ef = index.efFor(0.95, 10);
    assertThat(ef).isLessThan(100);
    assertThat(Graphs.recall(index, Metric.DOT, items, users, 10, ef)).isGreaterThanOrEqualTo(0.95);
    int ef100 = index.efFor(0.95, 100);
    assertThat(Graphs.recall(index, Metric.DOT, items, users, 100, ef100))
        .isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void handwrittenDigitsAreFoundByOthers() throws IOException, InterruptedException {
    Vectors digits = Vectors.images("mnist/train-images-idx3-ubyte.gz", 8_000, arena);
    Vectors others = Vectors.images("mnist/t10k-images-idx3-ubyte.gz", 500, arena);
    HnswIndex index = Graphs.build(Metric.L2, digits, Presence.ALL, file(), arena);

    assertThat(index.findViolation(Presence.ALL)).isEmpty();
    int ef = index.efFor(0.95, 10);
    assertThat(ef).isLessThan(200);
    assertThat(Graphs.recall(index, Metric.L2, digits, others, 10, ef))
        .isGreaterThanOrEqualTo(0.95);
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void theBeamWidthForARecallReachesIt(Metric metric) throws InterruptedException {
    Vectors all = Vectors.clustered(8_300, 24, 5, arena);
    Vectors vectors = new Vectors(all.rows(), 8_000);
    HnswIndex index = Graphs.build(metric, vectors, Presence.ALL, file(), arena);

    assertThat(index.findViolation(Presence.ALL)).isEmpty();
    for (double recall : new double[] {0.9, 0.95, 0.98}) {
      int ef = index.efFor(recall, 10);
      Vectors queries = tail(all, 8_000);
      assertThat(Graphs.recall(index, metric, vectors, queries, 10, ef))
          .as("%s, recall %s, ef %d", metric, recall, ef)
          .isGreaterThanOrEqualTo(recall);
    }
  }

  @Test
  void rowsWithoutAVectorAreNotInTheGraph() throws InterruptedException {
    Vectors vectors = Vectors.clustered(3_000, 16, 9, arena);
    MemorySegment bits = arena.allocate(3_000 / 8 + 1);
    for (int ordinal = 0; ordinal < 3_000; ordinal++) {
      if (ordinal % 3 == 1) {
        byte old = bits.get(ValueLayout.JAVA_BYTE, ordinal / 8);
        bits.set(ValueLayout.JAVA_BYTE, ordinal / 8, (byte) (old | 1 << ordinal % 8));
      }
    }
    Presence presence = new Presence(bits);
    HnswIndex index = Graphs.build(Metric.L2, vectors, presence, file(), arena);

    assertThat(index.linkedCount()).isEqualTo(1_000);
    assertThat(index.findViolation(presence)).isEmpty();
    SearchContext context = new SearchContext();
    TopK top = new TopK();
    top.reset(1_000);
    index.search(context.begin(Metric.L2, vectors.get(0), 16), 1_000, Pass.ALL, context, top);
    int[] ordinals = new int[1_000];
    assertThat(top.drain(ordinals, new float[1_000])).isEqualTo(1_000);
    assertThat(IntStream.of(ordinals)).allMatch(ordinal -> ordinal % 3 == 1);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 17})
  void theSmallestTablesHaveAGraph(int count) throws InterruptedException {
    Vectors vectors = Vectors.clustered(Math.max(1, count), 3, 2, arena);
    Vectors used = new Vectors(vectors.rows(), count);
    HnswIndex index = Graphs.build(Metric.L2, used, Presence.ALL, file(), arena);

    assertThat(index.findViolation(Presence.ALL)).isEmpty();
    SearchContext context = new SearchContext();
    TopK top = new TopK();
    top.reset(20);
    index.search(context.begin(Metric.L2, new float[3], 3), 20, Pass.ALL, context, top);
    assertThat(top.size()).isEqualTo(count);
  }

  @Test
  void equalRowsAreAllReachable() throws InterruptedException {
    Vectors vectors = new Vectors(Vectors.allocate(2_000, 8, arena), 2_000);
    for (int row = 0; row < 2_000; row++) {
      Vectors.set(vectors.rows(), row, 0, 1 + row / 500);
    }
    for (Metric metric : Metric.values()) {
      HnswIndex index = Graphs.build(metric, vectors, Presence.ALL, file(), arena);
      assertThat(index.findViolation(Presence.ALL)).as("%s", metric).isEmpty();
    }
  }

  @Test
  void searchesGoOnWhileOtherGraphsAreBuilt() throws Exception {
    Vectors vectors = Vectors.clustered(4_000, 16, 21, arena);
    HnswIndex index = Graphs.build(Metric.L2, vectors, Presence.ALL, file(), arena);
    double alone = Graphs.recall(index, Metric.L2, vectors, tail(vectors, 3_800), 10, 40);
    SearchContexts contexts = new SearchContexts(2);
    try (ExecutorService executor = Executors.newFixedThreadPool(4)) {
      Callable<Integer> search =
          () -> {
            int found = 0;
            for (int i = 0; i < 2_000; i++) {
              SearchContext context = contexts.acquire();
              TopK top = new TopK();
              top.reset(1);
              float[] query = vectors.get(i * 7 % 4_000);
              index.search(context.begin(Metric.L2, query, 16), 40, Pass.ALL, context, top);
              float[] distance = new float[1];
              top.drain(new int[1], distance);
              found += distance[0] == 0 ? 1 : 0;
              contexts.release(context);
            }
            return found;
          };
      Future<Integer> one = executor.submit(search);
      Future<Integer> two = executor.submit(search);
      Future<Integer> three = executor.submit(search);
      Graphs.build(Metric.L2, vectors, Presence.ALL, directory.resolve("other"), arena);
      for (Future<Integer> each : List.of(one, two, three)) {
        assertThat(each.get()).isGreaterThan(1_950);
      }
    }
    assertThat(Graphs.recall(index, Metric.L2, vectors, tail(vectors, 3_800), 10, 40))
        .isEqualTo(alone);
  }

  @Test
  void anIndexOfOtherRowsIsRefused() throws InterruptedException {
    Vectors vectors = Vectors.clustered(500, 8, 1, arena);
    Graphs.build(Metric.L2, vectors, Presence.ALL, file(), arena);

    assertThatThrownBy(
            () -> Graphs.open(Metric.L2, new Vectors(vectors.rows(), 499), file(), arena))
        .isInstanceOf(KindredException.class)
        .hasMessageContaining("500 rows × 8 (expected: L2, 499 rows × 8)");
    assertThatThrownBy(() -> Graphs.open(Metric.DOT, vectors, file(), arena))
        .isInstanceOf(KindredException.class)
        .hasMessageContaining("L2, 500 rows × 8 (expected: DOT");
  }

  @ParameterizedTest
  @ValueSource(
      ints = {
        HnswLayout.METRIC_OFFSET,
        HnswLayout.M_OFFSET,
        HnswLayout.ENTRY_COUNT_OFFSET,
        HnswLayout.QUANTIZATION_OFFSET,
        HnswLayout.DIMENSION_OFFSET,
        HnswLayout.STEP_COUNT_OFFSET,
        HnswLayout.HEADER_BYTES + HnswLayout.ALIGNMENT
      })
  void numbersThatLeadOutOfTheFileAreRefusedByName(int offset) throws InterruptedException {
    Vectors vectors = Vectors.clustered(500, 8, 1, arena);
    Graphs.build(Metric.L2, vectors, Presence.ALL, file(), arena);
    Path damaged = directory.resolve("damaged");
    try (Arena whileReading = Arena.ofConfined();
        SealedFile.Writer writer = Graphs.writer(damaged)) {
      MemorySegment payload =
          SealedFile.open(new FileDisk(), file(), HnswIndex.FORMAT, whileReading).payload();
      MemorySegment copy = MemorySegment.ofArray(new long[(int) payload.byteSize() / 8 + 1]);
      copy.copyFrom(payload);
      copy.set(Links.INT, offset, 0x0fff_ffff);
      writer.write(copy.asSlice(0, payload.byteSize()));
      writer.seal();
    }
    assertThatThrownBy(() -> Graphs.open(Metric.L2, vectors, damaged, arena))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
        .hasMessageContaining("damaged");
  }

  /// The rows from an ordinal on.
  private Vectors tail(Vectors vectors, int from) {
    Vectors tail =
        new Vectors(
            Vectors.allocate(vectors.count() - from, vectors.rows().dimension(), arena),
            vectors.count() - from);
    for (int i = 0; i < tail.count(); i++) {
      Vectors.copy(vectors.rows(), from + i, tail.rows(), i);
    }
    return tail;
  }
}
