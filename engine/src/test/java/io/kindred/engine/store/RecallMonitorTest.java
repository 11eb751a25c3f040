package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(VerifiedStores.class)
final class RecallMonitorTest {
  private final FaultyDisk disk = new FaultyDisk();
  private static final int ROWS = 20_000;
  private static final int DIMENSION = 16;
  private static final int SAMPLES = 8;

  private final Random random = new Random(5);
  private final CountDownLatch measured = new CountDownLatch(SAMPLES);
  private final Queue<Double> recalls = new ConcurrentLinkedQueue<>();

  private final StoreListener listener =
      new StoreListener() {
        @Override
        public void recallMeasured(String table, String field, double recall) {
          assertThat(table + "." + field).isEqualTo("graphs.v");
          recalls.add(recall);
          measured.countDown();
        }
      };

  @Test
  void searchesThatWalkedAGraphAreMeasured() throws InterruptedException {
    try (Store store = open(Duration.ofNanos(1))) {
      Table flat = table(store, "flats", new IndexSpec.Flat());
      Table graph = table(store, "graphs", new IndexSpec.Hnsw(4, 8));
      for (int i = 0; i < SAMPLES; i++) {
        search(flat);
        search(graph);
      }
      assertThat(measured.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(flat.info().recalls()).isEmpty();
      TableInfo.MeasuredRecall recall =
          Objects.requireNonNull(graph.info().recalls().get("v"), "measured");
      double mean = recalls.stream().mapToDouble(value -> value).average().orElseThrow();
      assertThat(recall.samples()).isEqualTo(SAMPLES);
      assertThat(recall.mean()).isBetween(mean - 1e-6, mean + 1e-6);
      // So narrow a beam in so sparse a graph misses some.
      assertThat(mean).isBetween(0.01, 0.999);
    }
  }

  @Test
  void anIntervalOfZeroMeasuresNothing() {
    try (Store store = open(Duration.ZERO)) {
      Table graph = table(store, "graphs", new IndexSpec.Hnsw(4, 8));
      search(graph);
      assertThat(graph.info().recalls()).isEmpty();
    }
    assertThat(recalls).isEmpty();
  }

  private Store open(Duration interval) {
    return EmbeddedStore.open(
        StoreOptions.at(Path.of("/store")).withListener(listener).withRecallInterval(interval),
        disk);
  }

  private Table table(Store store, String name, IndexSpec index) {
    Table table =
        store.createTable(
            TableSpec.of(
                name,
                KeyType.UINT64,
                Map.of("v", new VectorSpec(DIMENSION, Metric.L2, index)),
                Map.of()));
    for (int from = 0; from < ROWS; from += 5_000) {
      List<Row> rows = new ArrayList<>();
      for (int i = from; i < from + 5_000; i++) {
        rows.add(Row.of(Key.of(i), Map.of("v", vector()), Map.of(), Map.of()));
      }
      table.write(new Mutation.Put(rows, null)).join();
    }
    table.fold();
    return table;
  }

  private float[] vector() {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return vector;
  }

  private void search(Table table) {
    table.search(
        new SearchRequest(
            null,
            new SearchRequest.Target.Vector(vector()),
            10,
            null,
            null,
            List.of(),
            null,
            new SearchRequest.Effort.BeamWidth(10),
            null,
            Projection.KEY));
  }
}
