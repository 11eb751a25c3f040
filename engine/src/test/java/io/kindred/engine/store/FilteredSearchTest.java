package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.disk.FaultyDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Random searches of every index kind and metric, under everything that can keep a row out, while
/// rows come and go; each is compared with an exact search of the model.
///
/// `-Dkindred.seeds=50` tries more, `-Dseed=42` one again, `-Dkindred.rows=50000` larger tables.
@Timeout(3600)
final class FilteredSearchTest {
  /// A new kind of index is tested by its line here.
  private static final List<IndexSpec> INDEXES =
      List.of(
          new IndexSpec.Flat(),
          new IndexSpec.Hnsw(8, 64),
          new IndexSpec.Hnsw(8, 64, Quantization.NONE),
          new IndexSpec.Hnsw(8, 64, Quantization.SQ4),
          new IndexSpec.IvfFlat(0),
          new IndexSpec.IvfPq(0, 0),
          new IndexSpec.IvfHnswPq(0, 0, new IndexSpec.Hnsw(8, 64)));

  private static final double RECALL_MIN = 0.9;
  private static final int SEARCHES = 120;

  private static Stream<Arguments> tables() {
    return INDEXES.stream()
        .flatMap(index -> Stream.of(Metric.values()).map(metric -> Arguments.of(index, metric)));
  }

  @ParameterizedTest
  @MethodSource("tables")
  void everySearchFindsAllItMayAndNoneItMayNot(IndexSpec index, Metric metric) {
    Integer only = Integer.getInteger("seed");
    int seeds = Integer.getInteger("kindred.seeds", 1);
    for (int seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
      try {
        run(index, metric, seed);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed %d (-Dseed=%d), index %s, metric %s".formatted(seed, seed, index, metric), e);
      }
    }
  }

  private static void run(IndexSpec index, Metric metric, int seed) {
    Random random = new Random(seed);
    int rows = Integer.getInteger("kindred.rows", 20_000);
    ManualClock clock = new ManualClock();
    StoreOptions options =
        new StoreOptions(
            Path.of("/store"),
            65_536,
            64 << 20,
            64 << 20,
            Duration.ofHours(1),
            1,
            clock,
            StoreListener.NONE);
    FaultyDisk disk = new FaultyDisk();
    try (Store store = EmbeddedStore.open(options, disk)) {
      FilteredRows model = new FilteredRows(store, index, metric, random, clock);
      model.put(rows);
      model.searchAll(SEARCHES / 4);
      model.fold();
      model.searchAll(SEARCHES);
      model.deleteSome(0.2);
      model.put(rows / 4);
      model.moveSome(0.05);
      model.searchAll(SEARCHES);
      clock.advance(FilteredRows.TIME_TO_LIVE);
      model.searchAll(SEARCHES / 2);
      model.fold();
      model.searchAll(SEARCHES);
      assertThat(model.recall()).as("recall").isGreaterThanOrEqualTo(RECALL_MIN);
      model.requirePaths();
    }
    assertThat(StoreVerifier.verify(options.directory(), disk, line -> {})).isEmpty();
  }
}
