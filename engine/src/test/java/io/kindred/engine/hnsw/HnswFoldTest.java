package io.kindred.engine.hnsw;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.Vectors;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class HnswFoldTest {
  private static final int OLD = 4_000;
  private static final int QUERIES = 200;

  private final Arena arena = Arena.ofShared();
  @TempDir Path directory;

  @AfterEach
  void close() {
    arena.close();
  }

  @ParameterizedTest
  @EnumSource(Metric.class)
  void afterManyDeletesAndInsertsItIsAsGoodAsAFreshBuild(Metric metric)
      throws InterruptedException {
    Vectors all = Vectors.clustered(2 * OLD + QUERIES, 24, 13, arena);
    Vectors old = new Vectors(all.rows(), OLD);
    HnswIndex before = Graphs.build(metric, old, Presence.ALL, directory.resolve("old"), arena);

    Folded folded = fold(before, metric, all, 0.3);
    HnswIndex fresh =
        Graphs.build(metric, folded.vectors, Presence.ALL, directory.resolve("fresh"), arena);

    assertThat(folded.index.findViolation(Presence.ALL)).isEmpty();
    assertThat(folded.index.linkedCount()).isEqualTo(folded.vectors.count());
    Vectors queries = new Vectors(Vectors.allocate(QUERIES, 24, arena), QUERIES);
    for (int i = 0; i < QUERIES; i++) {
      Vectors.copy(all.rows(), 2 * OLD + i, queries.rows(), i);
    }
    for (int ef : new int[] {16, 40, 100}) {
      double ofFold = Graphs.recall(folded.index, metric, folded.vectors, queries, 10, ef);
      double ofFresh = Graphs.recall(fresh, metric, folded.vectors, queries, 10, ef);
      // Two builds by two threads differ by chance: two standard errors of a recall are allowed.
      double byChance = 2 * Math.sqrt(ofFresh * (1 - ofFresh) / (10.0 * QUERIES));
      assertThat(ofFold)
          .as("%s, ef %d", metric, ef)
          .isGreaterThanOrEqualTo(ofFresh - 0.01 - byChance);
    }
  }

  @Test
  void manyFoldsInARowKeepTheGraphWhole() throws InterruptedException {
    Vectors all = Vectors.clustered(2 * OLD + QUERIES, 24, 17, arena);
    Vectors vectors = new Vectors(all.rows(), OLD);
    HnswIndex index =
        Graphs.build(Metric.L2, vectors, Presence.ALL, directory.resolve("old"), arena);
    for (int i = 0; i < 3; i++) {
      Folded folded = fold(index, Metric.L2, all, 0.2);
      index = folded.index;
      vectors = folded.vectors;
      Vectors next = Vectors.clustered(2 * OLD + QUERIES, 24, 100 + i, arena);
      for (int row = 0; row < vectors.count(); row++) {
        Vectors.copy(vectors.rows(), row, next.rows(), row);
      }
      all = next;
      assertThat(index.findViolation(Presence.ALL)).as("fold %d", i).isEmpty();
    }
    Vectors queries = Vectors.clustered(QUERIES, 24, 100, arena);
    assertThat(Graphs.recall(index, Metric.L2, vectors, queries, 10, index.efFor(0.95, 10)))
        .isGreaterThanOrEqualTo(0.95);
  }

  @Test
  void noRowIsLinkedToItselfThoughItHadIncomingLinksOnly() throws InterruptedException {
    IndexSpec.Hnsw sparse = new IndexSpec.Hnsw(2, 3);
    Random random = new Random(5);
    int count = 60;
    Vectors vectors = Vectors.clustered(count, 2, 0, arena);
    HnswIndex index =
        Graphs.build(Metric.L2, vectors, Presence.ALL, sparse, directory.resolve("old"), arena);
    for (int i = 1; i <= 100; i++) {
      Vectors next = Vectors.clustered(count, 2, i, arena);
      MemorySegment oldToNew = arena.allocate(Links.INT, count);
      int kept = 0;
      for (int row = 0; row < count; row++) {
        boolean isKept = random.nextInt(4) > 0;
        oldToNew.setAtIndex(Links.INT, row, isKept ? kept : -1);
        if (isKept) {
          Vectors.copy(vectors.rows(), row, next.rows(), kept++);
        }
      }
      vectors = next;
      index =
          Graphs.fold(index, oldToNew, Metric.L2, vectors, sparse, directory.resolve("new"), arena);
      assertThat(index.findViolation(Presence.ALL)).as("fold %d", i).isEmpty();
    }
  }

  @Test
  void whereMostRowsAreGoneItIsBuiltAnew() throws InterruptedException {
    Vectors all = Vectors.clustered(2 * OLD + QUERIES, 24, 13, arena);
    Vectors old = new Vectors(all.rows(), OLD);
    HnswIndex before = Graphs.build(Metric.L2, old, Presence.ALL, directory.resolve("old"), arena);
    Folded folded = fold(before, Metric.L2, all, 0.9);
    assertThat(folded.index.findViolation(Presence.ALL)).isEmpty();
    assertThat(folded.index.linkedCount()).isEqualTo(folded.vectors.count());
  }

  private record Folded(HnswIndex index, Vectors vectors) {}

  /// Drops a share of the first rows and puts as many later ones in their place, at the end.
  private Folded fold(HnswIndex before, Metric metric, Vectors all, double share)
      throws InterruptedException {
    Random random = new Random(4);
    Vectors vectors = new Vectors(Vectors.allocate(OLD, 24, arena), OLD);
    MemorySegment oldToNew = arena.allocate(Links.INT, OLD);
    int kept = 0;
    for (int row = 0; row < OLD; row++) {
      boolean isKept = random.nextDouble() >= share;
      oldToNew.setAtIndex(Links.INT, row, isKept ? kept : -1);
      if (isKept) {
        Vectors.copy(all.rows(), row, vectors.rows(), kept++);
      }
    }
    for (int row = kept; row < OLD; row++) {
      Vectors.copy(all.rows(), OLD + row, vectors.rows(), row);
    }
    return new Folded(
        Graphs.fold(before, oldToNew, metric, vectors, directory.resolve("new"), arena), vectors);
  }
}
