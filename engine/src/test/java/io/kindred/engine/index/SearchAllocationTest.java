package io.kindred.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.hnsw.Graphs;
import io.kindred.engine.hnsw.HnswIndex;
import io.kindred.engine.index.IndexSearch.Passing;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class SearchAllocationTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int ROUNDS = 300;
  private static final int SEARCHES = 200;

  @TempDir Path directory;

  @ParameterizedTest
  @EnumSource(Metric.class)
  void searchingCreatesNoObject(Metric metric) throws InterruptedException {
    try (Arena arena = Arena.ofShared()) {
      // 20 components: the kernels' tails are on the path.
      Vectors vectors = Vectors.clustered(10_000, 20, 3, arena);
      HnswIndex index =
          Graphs.build(
              metric,
              vectors,
              Presence.ALL,
              List.of(evenOrdinals(vectors.count(), arena)),
              directory.resolve("graph"),
              arena);
      IndexSearch search = new IndexSearch(index, metric, vectors.rows(), vectors.count());
      float[] vector = vectors.get(7);
      Pass third = ordinal -> ordinal % 3 == 0;
      Pass few = new OfBits(vectors.count(), 100, arena);
      Pass half = new OfBits(vectors.count(), 2, arena);
      Pass even = new OfList(evenOrdinals(vectors.count(), arena));
      IndexSearch.Query[] queries = {
        new IndexSearch.Query(vector, 10, Effort.Recall.DEFAULT, Pass.ALL, Passing.ALL),
        new IndexSearch.Query(vector, 10, new Effort.BeamWidth(300), Pass.ALL, Passing.ALL),
        new IndexSearch.Query(vector, 10, new Effort.BeamWidth(20), third, Passing.FILTERED),
        new IndexSearch.Query(vector, 10, new Effort.Exact(), third, Passing.FILTERED),
        new IndexSearch.Query(vector, 10, Effort.Recall.DEFAULT, few, Passing.ALL),
        new IndexSearch.Query(vector, 10, Effort.Recall.DEFAULT, half, Passing.LIVE, 5f),
        new IndexSearch.Query(vector, 10, new Effort.BeamWidth(10), even, Passing.ALL),
        new IndexSearch.Query(vector, 10, new Effort.Exact(), Pass.ALL, Passing.ALL)
      };
      SearchContexts contexts = new SearchContexts(1);
      TopK top = new TopK();
      int[] ordinals = new int[10];
      float[] distances = new float[10];
      // The first rounds load classes and are compiled; what searching itself allocates, each
      // round does.
      long least = Long.MAX_VALUE;
      for (int round = 0; round < ROUNDS && least > 0; round++) {
        long before = allocatedBytes();
        for (int i = 0; i < SEARCHES; i++) {
          SearchContext context = contexts.acquire();
          search.search(queries[i % queries.length], context, top);
          top.drain(ordinals, distances);
          contexts.release(context);
        }
        least = Math.min(least, allocatedBytes() - before);
      }
      assertThat(least).isZero();
      SearchContext context = contexts.acquire();
      assertThat(search.search(queries[queries.length - 2], context, top))
          .isEqualTo(IndexSearch.Path.PARTITION_GRAPH);
    }
  }

  private static OrdinalList evenOrdinals(int size, Arena arena) {
    int[] ordinals = IntStream.range(0, size).filter(ordinal -> ordinal % 2 == 0).toArray();
    return new OrdinalList(0, arena.allocateFrom(ValueLayout.JAVA_INT, ordinals), ordinals.length);
  }

  /// The rows of a partition.
  private record OfList(OrdinalList list) implements Pass {
    @Override
    public boolean test(int ordinal) {
      return true;
    }
  }

  /// Every n-th ordinal, as bits.
  private static final class OfBits implements Pass {
    private final PassBits bits;

    OfBits(int size, int step, Arena arena) {
      bits = PassBits.create(size, arena);
      for (int ordinal = 0; ordinal < size; ordinal += step) {
        bits.set(ordinal);
      }
    }

    @Override
    public boolean test(int ordinal) {
      return bits.test(ordinal);
    }

    @Override
    public PassBits bits() {
      return bits;
    }
  }

  private static long allocatedBytes() {
    return THREADS.getCurrentThreadAllocatedBytes();
  }
}
