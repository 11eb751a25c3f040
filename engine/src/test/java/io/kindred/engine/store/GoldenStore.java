package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.Store;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;

/// What [GoldenDirectory#STORE] holds.
final class GoldenStore {
  private static final int LISTED = 1_000;

  private GoldenStore() {}

  static void fill(Store store) {
    Table graph =
        store.createTable(
            new TableSpec(
                "graph",
                KeyType.STRING,
                Map.of("place", new VectorSpec(3, Metric.COSINE, new IndexSpec.Hnsw(4, 16))),
                Map.of(
                    "city", FieldType.STRING,
                    "price", FieldType.FLOAT64,
                    "stock", FieldType.INT64,
                    "open", FieldType.BOOL,
                    "seen", FieldType.TIMESTAMP,
                    "tags", FieldType.STRING_LIST),
                "city",
                Duration.ofDays(300),
                Durability.SYNCED,
                2));
    write(graph, new Mutation.Put(graphRows(0, 30), new Origin.Operation("first")));
    graph.fold();
    write(graph, new Mutation.Put(graphRows(30, 35), null));
    store.checkpoint();
    for (IndexSpec index :
        List.of(
            new IndexSpec.IvfFlat(20),
            new IndexSpec.IvfPq(20, 2),
            new IndexSpec.IvfHnswPq(20, 2, new IndexSpec.Hnsw(4, 16)))) {
      Table lists =
          store.createTable(listsSpec("lists-" + index.getClass().getSimpleName(), index));
      write(lists, new Mutation.Put(listedRows(), null));
      lists.fold();
    }
    Table dropped = store.createTable(listsSpec("dropped", new IndexSpec.Flat()));
    write(dropped, new Mutation.Put(listedRows().subList(0, 3), null));
    store.dropTable("dropped");
    write(
        graph,
        new Mutation.Delete(
            List.of(Key.of("key-3"), Key.of("key-31")), new Origin.Operation("second")));
    write(graph, new Mutation.Update(List.of(update()), null));
  }

  private static WriteResult write(Table table, Mutation mutation) {
    WriteResult result = table.write(mutation).join();
    assertThat(result.rejected()).isEmpty();
    return result;
  }

  private static TableSpec listsSpec(String name, IndexSpec index) {
    return new TableSpec(
        name,
        KeyType.UINT64,
        Map.of("place", new VectorSpec(4, Metric.L2, index)),
        Map.of(),
        null,
        null,
        Durability.BUFFERED,
        1);
  }

  private static List<Row> graphRows(int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          new Row(
              Key.of("key-" + i),
              i % 6 == 0 ? Map.of() : Map.of("place", new float[] {i + 1, 1, 2}),
              Map.of(
                  "city", Value.of(i % 2 == 0 ? "rome" : "são paulo"),
                  "price", Value.of(i / 4.0),
                  "stock", Value.of(-i),
                  "open", Value.of(i % 3 == 0),
                  "seen", new Value.Timestamp(1_767_225_600_000_000L + i),
                  "tags", new Value.Array(List.of(Value.of("red"), Value.of("t" + i)))),
              Map.of("note", new Value.Entries(Map.of("n", Value.of(i), "none", Value.Null.NULL))),
              i % 4 == 0 ? Instant.ofEpochSecond(1_767_225_600 + i) : null,
              i % 5 == 0 ? Duration.ofDays(3) : null,
              null));
    }
    return rows;
  }

  private static Row update() {
    return Row.of(
        Key.of("key-4"),
        Map.of("place", new float[] {7, 7, 7}),
        Map.of("price", Value.of(99.5), "stock", Value.Null.NULL),
        Map.of());
  }

  private static List<Row> listedRows() {
    List<Row> rows = new ArrayList<>();
    Random random = new Random(3);
    for (int i = 0; i < LISTED; i++) {
      float[] vector = {i, random.nextFloat(), random.nextFloat(), i % 7};
      rows.add(Row.of(Key.of(i), Map.of("place", vector), Map.of(), Map.of()));
    }
    return rows;
  }

  /// Reads all, and compares it with what was written.
  static void check(Store store) {
    assertThat(store.tables())
        .extracting(table -> table.spec().name())
        .containsExactly("graph", "lists-IvfFlat", "lists-IvfHnswPq", "lists-IvfPq");
    Table graph = store.table("graph");
    checkGraph(graph);
    for (String name : List.of("lists-IvfFlat", "lists-IvfHnswPq", "lists-IvfPq")) {
      Table lists = store.table(name);
      assertThat(lists.info().rowCount()).isEqualTo(LISTED);
      assertThat(lists.info().indexes().get("place"))
          .satisfies(
              index -> assertThat(Objects.requireNonNull(index).indexed()).isEqualTo(LISTED));
      for (Row row : listedRows()) {
        StoredRow found = lists.get(row.key(), Projection.ALL).orElseThrow();
        assertThat(found.vectors().get("place")).isEqualTo(row.vectors().get("place"));
      }
      assertThat(lists.search(SearchRequest.of(new float[] {500, 0.5f, 0.5f, 3}, 10)).matches())
          .hasSize(10)
          .first()
          .satisfies(match -> assertThat(match.key()).isEqualTo(Key.of(500)));
    }
  }

  private static void checkGraph(Table graph) {
    assertThat(graph.info().rowCount()).isEqualTo(33);
    for (Row row : graphRows(0, 35)) {
      StoredRow found = graph.get(row.key(), Projection.ALL).orElse(null);
      if (row.key().equals(Key.of("key-3")) || row.key().equals(Key.of("key-31"))) {
        assertThat(found).isNull();
        continue;
      }
      assertThat(found).isNotNull();
      StoredRow stored = Objects.requireNonNull(found);
      assertThat(stored.metadata()).isEqualTo(row.metadata());
      assertThat(stored.eventTime()).isEqualTo(row.eventTime());
      Duration timeToLive = row.timeToLive() == null ? Duration.ofDays(300) : row.timeToLive();
      assertThat(stored.expiry()).isEqualTo(new ManualClock().instant().plus(timeToLive));
      if (row.key().equals(Key.of("key-4"))) {
        assertThat(stored.vectors().get("place")).containsExactly(7, 7, 7);
        assertThat(stored.fields())
            .containsEntry("price", Value.of(99.5))
            .doesNotContainKey("stock");
      } else {
        assertThat(stored.fields()).isEqualTo(row.fields());
        assertThat(stored.vectors().keySet()).isEqualTo(row.vectors().keySet());
        row.vectors()
            .forEach((name, vector) -> assertThat(stored.vectors().get(name)).isEqualTo(vector));
      }
    }
    assertThat(graph.search(SearchRequest.of(new float[] {7, 7, 7}, 40)).matches())
        .hasSize(27)
        .first()
        .satisfies(match -> assertThat(match.key()).isEqualTo(Key.of("key-4")));
    // Retried, each answers as it did at first.
    assertThat(
            write(graph, new Mutation.Put(graphRows(0, 30), new Origin.Operation("first")))
                .applied())
        .isEqualTo(30);
    assertThat(graph.info().rowCount()).isEqualTo(33);
  }
}
