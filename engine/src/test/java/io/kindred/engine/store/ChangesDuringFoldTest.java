package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.InterruptedDisk;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What happens to rows and tables while a fold is under way: each change comes after the fold has
/// taken its rows and before its files count.
@Timeout(60)
class ChangesDuringFoldTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final int ROWS = 20;

  private final FaultyDisk faulty = new FaultyDisk();
  private final InterruptedDisk disk = new InterruptedDisk(faulty);
  private Store store = EmbeddedStore.open(StoreOptions.at(DIRECTORY), disk);

  @AfterEach
  void close() {
    store.close();
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
    faulty.assertAllClosed();
  }

  private Table create(String name) {
    return store.createTable(
        new TableSpec(
            name,
            KeyType.UINT64,
            Map.of("place", new VectorSpec(2, Metric.L2, new IndexSpec.Hnsw(4, 16))),
            Map.of("mark", FieldType.INT64),
            null,
            null,
            Durability.SYNCED,
            1));
  }

  private static void put(Table table, long from, long to, long mark) {
    List<Row> rows = new ArrayList<>();
    for (long key = from; key < to; key++) {
      rows.add(
          Row.of(
              Key.of(key),
              Map.of("place", new float[] {key, mark}),
              Map.of("mark", Value.of(mark)),
              Map.of()));
    }
    assertThat(table.write(new Mutation.Put(rows, null)).join().applied()).isEqualTo(to - from);
  }

  private static void delete(Table table, long key) {
    assertThat(table.write(new Mutation.Delete(List.of(Key.of(key)), null)).join().applied())
        .isEqualTo(1);
  }

  private static void requireRows(Table table, Map<Long, Long> expected) {
    Map<Long, Long> found = new TreeMap<>();
    for (StoredRow row : table.scan(null, Limits.SCAN_ROWS_MAX, null, Projection.ALL).rows()) {
      long mark = ((Value.Int64) Objects.requireNonNull(row.fields().get("mark"))).value();
      found.put(((Key.Uint64) row.key()).value(), mark);
    }
    assertThat(found).isEqualTo(expected);
    assertThat(table.info().rowCount()).isEqualTo(expected.size());
    assertThat(table.search(SearchRequest.of(new float[] {1, 1}, 100)).matches())
        .hasSize(expected.size());
  }

  private void foldWith(Table table, Runnable meanwhile) {
    disk.before(file -> file.toString().endsWith(".vectors-0"), meanwhile);
    table.fold();
    assertThat(disk.isDone()).isTrue();
  }

  private void losePower() {
    faulty.setPowerOffAfter(0);
    store.close();
    faulty.losePower();
    store = EmbeddedStore.open(StoreOptions.at(DIRECTORY), disk);
  }

  @Test
  void whatIsDeletedPutAndPutBackDuringAFoldIsSoAfterItAndAfterALossOfPower() {
    Table table = create("t");
    put(table, 0, ROWS, 1);
    table.fold();
    put(table, 10, ROWS, 2);
    foldWith(
        table,
        () -> {
          delete(table, 1); // Of the old base.
          delete(table, 11); // Of the delta that is being folded.
          delete(table, 2);
          put(table, 2, 3, 3);
          delete(table, 12);
          put(table, 12, 13, 3);
          delete(table, 12);
          put(table, 30, 31, 3);
        });
    Map<Long, Long> expected = new TreeMap<>();
    for (long key = 0; key < ROWS; key++) {
      expected.put(key, key < 10 ? 1L : 2L);
    }
    List.of(1L, 11L, 12L).forEach(expected::remove);
    expected.put(2L, 3L);
    expected.put(30L, 3L);
    requireRows(table, expected);
    losePower();
    requireRows(store.table("t"), expected);
    store.table("t").fold();
    requireRows(store.table("t"), expected);
  }

  @Test
  void aTableThatIsDroppedDuringAFoldLeavesNothingAndItsNameIsFree() {
    Table table = create("t");
    put(table, 0, ROWS, 1);
    Path files = DIRECTORY.resolve("tables/" + table.info().id());
    List<Table> second = new ArrayList<>();
    disk.before(
        file -> file.toString().endsWith(".vectors-0"),
        () -> {
          store.dropTable("t");
          second.add(create("t"));
          put(second.getFirst(), 5, 7, 2);
        });
    assertThatThrownBy(table::fold)
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TABLE_NOT_FOUND));
    requireRows(second.getFirst(), Map.of(5L, 2L, 6L, 2L));

    store.checkpoint();
    assertThat(faulty.exists(files)).as("files of the dropped table").isFalse();
    losePower();
    requireRows(store.table("t"), Map.of(5L, 2L, 6L, 2L));
  }
}
