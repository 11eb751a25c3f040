package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(VerifiedStores.class)
class EmbeddedStoreTest {
  @TempDir Path directory;
  private Store store;

  @BeforeEach
  void open() {
    store = EmbeddedStore.open(StoreOptions.at(directory));
  }

  @AfterEach
  void close() {
    store.close();
  }

  private void reopen() {
    store.close();
    open();
  }

  private Table items() {
    return store.createTable(
        TableSpec.of(
            "items",
            KeyType.STRING,
            Map.of("embedding", new VectorSpec(4, Metric.L2, IndexSpec.Hnsw.DEFAULT)),
            Map.of("city", FieldType.STRING, "price", FieldType.FLOAT64)));
  }

  private static Row item(String id, String city, float... vector) {
    return Row.of(
        Key.of(id),
        Map.of("embedding", vector),
        Map.of("city", Value.of(city)),
        Map.of("origin", Value.of("test")));
  }

  private static WriteResult put(Table table, Row... rows) {
    return table.write(new Mutation.Put(List.of(rows), null)).join();
  }

  @Test
  void aRowIsReadAsItWasPutAlsoAfterAFoldAndARestart() {
    Table items = items();
    WriteResult result = put(items, item("a", "berlin", 1, 2, 3, 4));
    assertThat(result.applied()).isEqualTo(1);

    for (int round = 0; round < 3; round++) {
      StoredRow row = store.table("items").get(Key.of("a"), Projection.ALL).orElseThrow();
      assertThat(row.key()).isEqualTo(Key.of("a"));
      assertThat(row.vectors().get("embedding")).containsExactly(1, 2, 3, 4);
      assertThat(row.fields()).isEqualTo(Map.of("city", Value.of("berlin")));
      assertThat(row.metadata()).isEqualTo(Map.of("origin", Value.of("test")));
      assertThat(row.version()).isEqualTo(result.token().position());
      assertThat(store.table("items").info().rowCount()).isEqualTo(1);
      if (round == 0) {
        store.table("items").fold();
      } else {
        reopen();
      }
    }
  }

  @Test
  void aSearchSeesRowsOfBaseAndDeltaAndNoDeadOnes() {
    Table items = items();
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 50; i++) {
      rows.add(item("row-" + i, i % 2 == 0 ? "berlin" : "paris", i, 0, 0, 0));
    }
    put(items, rows.toArray(Row[]::new));
    items.fold();
    put(items, item("row-3", "paris", 100, 0, 0, 0), item("new", "paris", 3.1f, 0, 0, 0));
    items.write(new Mutation.Delete(List.of(Key.of("row-4"), Key.of("none")), null)).join();

    SearchResult result = items.search(SearchRequest.of(new float[] {3, 0, 0, 0}, 3));
    assertThat(result.matches().stream().map(match -> match.key().toString()))
        .containsExactly("new", "row-2", "row-1");
    assertThat(items.info().rowCount()).isEqualTo(50);

    reopen();
    result = store.table("items").search(SearchRequest.of(new float[] {3, 0, 0, 0}, 3));
    assertThat(result.matches().stream().map(match -> match.key().toString()))
        .containsExactly("new", "row-2", "row-1");
    assertThat(store.table("items").info().rowCount()).isEqualTo(50);
  }

  @Test
  void aGraphOfWhichNoRowIsLeftIsBuiltAnew() {
    Table items = items();
    put(items, item("a", "x", 1, 2, 3, 4));
    items.fold();
    put(items, item("a", "x", 4, 3, 2, 1));
    items.fold();
    SearchResult result = items.search(SearchRequest.of(new float[] {4, 3, 2, 1}, 3));
    assertThat(result.matches()).hasSize(1);
    assertThat(result.matches().getFirst().score()).isZero();
  }

  @Test
  void vectorsOfManyKeysAreCopiedInTheOrderAsked() {
    Table table =
        store.createTable(
            TableSpec.of(
                "users",
                KeyType.UINT64,
                Map.of("taste", new VectorSpec(2, Metric.DOT, new IndexSpec.Flat())),
                Map.of()));
    List<Row> rows = new ArrayList<>();
    for (long i = 0; i < 100; i++) {
      rows.add(Row.of(Key.of(i), Map.of("taste", new float[] {i, -i}), Map.of(), Map.of()));
    }
    put(table, rows.toArray(Row[]::new));
    table.fold();
    ByteBuffer buffer = ByteBuffer.allocate(3 * 8).order(ByteOrder.LITTLE_ENDIAN);
    int[] missing = table.getVectors(new long[] {42, 1000, 7}, "taste", buffer);
    assertThat(missing).containsExactly(1);
    buffer.flip();
    float[] vectors = new float[6];
    buffer.asFloatBuffer().get(vectors);
    assertThat(vectors).containsExactly(42, -42, 0, 0, 7, -7);
  }

  @Test
  void badRowsAreRejectedByIndexAndTheOthersStored() {
    Table items = items();
    WriteResult result =
        put(items, item("a", "x", 1, 2, 3), item("b", "x", 1, 2, 3, 4), item("", "x", 1, 2, 3, 4));
    assertThat(result.applied()).isEqualTo(1);
    assertThat(result.rejected()).extracting(WriteResult.Rejection::index).containsExactly(0, 2);
    assertThat(result.rejected().getFirst().message())
        .isEqualTo("dimension: 3 (expected: 4, field: embedding)");
  }

  @Test
  void aBadOperationIdRefusesTheRequestAsAWhole() {
    Table items = items();
    for (String operationId : List.of("", "é".repeat(65), "\uD800")) {
      Mutation put =
          new Mutation.Put(List.of(item("a", "x", 1, 2, 3, 4)), new Origin.Operation(operationId));
      assertThatThrownBy(() -> items.write(put))
          .isInstanceOf(KindredException.class)
          .hasMessageContaining("operation_id: ");
    }
    assertThat(items.get(Key.of("a"), Projection.KEY)).isEmpty();
  }

  @Test
  void aDroppedTableIsGoneAndItsNameIsFree() {
    Table before = items();
    put(before, item("a", "x", 1, 2, 3, 4));
    store.dropTable("items");
    assertThatThrownBy(() -> before.get(Key.of("a"), Projection.KEY))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TABLE_NOT_FOUND));
    Table after = items();
    assertThat(after.get(Key.of("a"), Projection.KEY)).isEmpty();
    reopen();
    assertThat(store.table("items").info().rowCount()).isZero();
  }

  @Test
  void anUpdateChangesOnlyWhatItNames() {
    Table items = items();
    put(items, item("a", "berlin", 1, 2, 3, 4));
    Row change =
        Row.of(
            Key.of("a"),
            Map.of(),
            Map.of("price", Value.of(9.5)),
            Map.of("origin", Value.Null.NULL, "color", Value.of("red")));
    assertThat(items.write(new Mutation.Update(List.of(change), null)).join().applied())
        .isEqualTo(1);
    StoredRow row = items.get(Key.of("a"), Projection.ALL).orElseThrow();
    assertThat(row.fields()).isEqualTo(Map.of("city", Value.of("berlin"), "price", Value.of(9.5)));
    assertThat(row.metadata()).isEqualTo(Map.of("color", Value.of("red")));
    assertThat(row.vectors().get("embedding")).containsExactly(1, 2, 3, 4);
  }
}
