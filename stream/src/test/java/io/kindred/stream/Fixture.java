package io.kindred.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.store.EmbeddedStore;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/// A store with the tables `items` and `users`, and pipelines over it.
final class Fixture implements AutoCloseable {
  static final int DIMENSION = 4;
  private static final Duration WAIT_MAX = Duration.ofSeconds(60);

  final Store store;
  final Pipelines pipelines;

  private Fixture(Store store, PipelineOptions options) {
    this.store = store;
    this.pipelines = Pipelines.open(store, options);
  }

  static Fixture open(Path directory) {
    return open(directory, options());
  }

  static PipelineOptions options() {
    return PipelineOptions.of(
        json -> {
          throw new UnsupportedOperationException("create");
        });
  }

  static Fixture open(Path directory, PipelineOptions options) {
    Store store = EmbeddedStore.open(StoreOptions.at(directory.resolve("store")));
    Fixture fixture = new Fixture(store, options);
    if (store.tables().stream().noneMatch(it -> it.spec().name().equals("items"))) {
      fixture.createTables();
    }
    return fixture;
  }

  private void createTables() {
    VectorSpec vector = new VectorSpec(DIMENSION, Metric.COSINE, new IndexSpec.Flat());
    Table items =
        store.createTable(
            TableSpec.of(
                "items",
                KeyType.STRING,
                Map.of("embedding", vector),
                Map.of("category", FieldType.STRING)));
    Map<String, FieldType> counts = new LinkedHashMap<>();
    counts.put("clicks_1h", FieldType.INT64);
    counts.put("clicks_1d", FieldType.INT64);
    counts.put("last_action", FieldType.STRING);
    store.createTable(TableSpec.of("users", KeyType.STRING, Map.of("embedding", vector), counts));
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      rows.add(
          Row.of(
              Key.of("item-" + i),
              Map.of("embedding", itemVector(i)),
              Map.of("category", Value.of("category-" + i % 7)),
              Map.of()));
    }
    assertThat(items.write(new Mutation.Put(rows, null)).join().applied()).isEqualTo(100);
  }

  static float[] itemVector(int item) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) Math.sin(item * 31 + i * 7 + 1);
    }
    return vector;
  }

  void putItem(String id) {
    Row row = Row.of(Key.of(id), Map.of("embedding", itemVector(7)), Map.of(), Map.of());
    store.table("items").write(new Mutation.Put(List.of(row), null)).join();
  }

  Optional<StoredRow> findUser(String id) {
    return store.table("users").get(Key.of(id), Projection.ALL);
  }

  StoredRow user(String id) {
    return findUser(id).orElseThrow(() -> new AssertionError("no user " + id));
  }

  /// What an int64 field of a user holds.
  long count(String user, String field) {
    return user(user).fields().get(field) instanceof Value.Int64(long count) ? count : -1;
  }

  PipelineStatus awaitStatus(String pipeline, Predicate<PipelineStatus> condition) {
    AtomicReference<PipelineStatus> last = new AtomicReference<>(pipelines.status(pipeline));
    try {
      await(
          () -> {
            last.set(pipelines.status(pipeline));
            return condition.test(last.get());
          });
    } catch (AssertionError e) {
      throw new AssertionError("status: " + last, e);
    }
    return last.get();
  }

  /// Waits until a condition holds.
  static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + WAIT_MAX.toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("deadline").isLessThan(deadline);
      LockSupport.parkNanos(2_000_000);
    }
  }

  @Override
  public void close() {
    pipelines.close();
    store.close();
  }
}
