package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Explanation;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.filter.Filter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/// What is kept of filters, as explanations tell it.
@ExtendWith(VerifiedStores.class)
final class FilterBitsTest {
  private final FaultyDisk disk = new FaultyDisk();
  private static final int ROWS = 4_000;

  /// More filters than a base of so few rows knows of.
  private static final int FILTERS = 1_100;

  private Store store;
  private Table table;

  @BeforeEach
  void fill() {
    store = EmbeddedStore.open(StoreOptions.at(Path.of("/store")), disk);
    table =
        store.createTable(
            TableSpec.of(
                "t",
                KeyType.UINT64,
                Map.of("v", new VectorSpec(2, Metric.L2, new IndexSpec.Flat())),
                Map.of("n", FieldType.INT64)));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(
          Row.of(Key.of(i), Map.of("v", new float[] {i, 0}), Map.of("n", Value.of(i)), Map.of()));
    }
    table.write(new Mutation.Put(rows, null)).join();
    table.fold();
  }

  @AfterEach
  void close() {
    store.close();
  }

  @Test
  void bitsAreMadeOnceAndThenKept() {
    assertThat(stateOf(atLeast(10))).isEqualTo("made");
    assertThat(stateOf(atLeast(10))).isEqualTo("kept");
    assertThat(stateOf(atLeast(11))).isEqualTo("made");
    assertThat(first(atLeast(10))).isEqualTo(10);
  }

  @Test
  void theyOutliveWhatIsUsedLess() {
    assertThat(stateOf(atLeast(0))).isEqualTo("made");
    for (int i = 1; i < FILTERS; i++) {
      assertThat(first(atLeast(i))).isEqualTo(i);
      if (i % 100 == 0) {
        assertThat(stateOf(atLeast(0))).isEqualTo("kept");
      }
    }
    assertThat(stateOf(atLeast(0))).isEqualTo("kept");
    assertThat(stateOf(atLeast(1))).isEqualTo("made");
  }

  @Test
  void aNewBaseMakesItsOwn() {
    assertThat(stateOf(atLeast(10))).isEqualTo("made");
    table.write(new Mutation.Delete(List.of(Key.of(10)), null)).join();
    assertThat(first(atLeast(10))).isEqualTo(11);
    assertThat(stateOf(atLeast(10))).isEqualTo("kept");
    table.fold();
    assertThat(stateOf(atLeast(10))).isEqualTo("made");
    assertThat(first(atLeast(10))).isEqualTo(11);
  }

  @Test
  void manyAtOnceMakeThemOnce() throws Exception {
    int threads = 8;
    int made = 0;
    try (ExecutorService executor = Executors.newFixedThreadPool(threads)) {
      List<Future<Integer>> counts = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        counts.add(
            executor.submit(
                () -> {
                  int count = 0;
                  for (int j = 0; j < 200; j++) {
                    SearchResult result = search(atLeast(j));
                    assertThat(result.matches().getFirst().key()).isEqualTo(Key.of(j));
                    count += state(result).equals("made") ? 1 : 0;
                  }
                  return count;
                }));
      }
      for (Future<Integer> count : counts) {
        made += count.get();
      }
    }
    // Those that waited for another's bits say that they made them, but nobody says so later on.
    assertThat(made).isBetween(200, 200 * threads);
    for (int j = 0; j < 200; j++) {
      assertThat(stateOf(atLeast(j))).isEqualTo("kept");
    }
  }

  private static Filter atLeast(int number) {
    return new Filter.Gte("n", Value.of(number));
  }

  private SearchResult search(Filter filter) {
    return table.search(
        new SearchRequest(
            null,
            new SearchRequest.Target.Vector(new float[] {-1, 0}),
            1,
            filter,
            null,
            List.of(),
            null,
            SearchRequest.Effort.Recall.DEFAULT,
            null,
            Projection.KEY,
            null,
            true));
  }

  private long first(Filter filter) {
    return ((Key.Uint64) search(filter).matches().getFirst().key()).value();
  }

  private String stateOf(Filter filter) {
    return state(search(filter));
  }

  private static String state(SearchResult result) {
    Explanation.Part base = Objects.requireNonNull(result.explanation()).parts().getFirst();
    return Objects.requireNonNull(base.filter()).state();
  }
}
