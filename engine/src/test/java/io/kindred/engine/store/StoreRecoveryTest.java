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
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.FaultyDisk.Operation;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What a start makes of the files that an earlier one left, and of a disk that refuses.
@Timeout(60)
class StoreRecoveryTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final Path CATALOG = DIRECTORY.resolve("CATALOG");
  private static final Path SHARD = DIRECTORY.resolve("tables/1/v1-shard-00");

  private final FaultyDisk disk = new FaultyDisk();
  private final Semaphore failures = new Semaphore(0);

  /// While it is there, nothing is applied.
  private volatile @Nullable CountDownLatch commitsHeld;

  private Store open(int deltaRowsMax) {
    StoreListener listener =
        new StoreListener() {
          @Override
          public void maintenanceFailed(String table, String what) {
            failures.release();
          }

          @Override
          public void committed(int records, long bytes, Duration took) {
            CountDownLatch held = commitsHeld;
            if (held != null) {
              await(held);
            }
          }
        };
    return EmbeddedStore.open(
        new StoreOptions(
            DIRECTORY,
            deltaRowsMax,
            1 << 20,
            4_096,
            Duration.ofHours(1),
            1,
            InstantSource.system(),
            listener),
        disk);
  }

  private static Table create(Store store, Durability durability) {
    return store.createTable(
        new TableSpec("t", KeyType.UINT64, Map.of(), Map.of(), null, null, durability, 1));
  }

  private static Mutation.Put rows(int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(Row.of(Key.of(i), Map.of(), Map.of(), Map.of()));
    }
    return new Mutation.Put(rows, null);
  }

  private static void put(Table table, int from, int to) {
    assertThat(table.write(rows(from, to)).join().applied()).isEqualTo(to - from);
  }

  private static void requireRows(Store store, int count) {
    Table table = store.table("t");
    assertThat(table.scan(null, 1000, null, Projection.KEY).rows()).hasSize(count);
    assertThat(table.info().rowCount()).isEqualTo(count);
  }

  private void losePower(Store store) {
    disk.setPowerOffAfter(0);
    store.close();
    disk.losePower();
  }

  private static void requireCorrupt(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable open, Path file) {
    assertThatThrownBy(open)
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
        .hasMessageContaining(file.toString());
  }

  @Test
  void aReplayThatFillsTheDeltaIsFoldedWhereAFoldWasDueAlready() throws Exception {
    Store store = open(10);
    Table table = create(store, Durability.SYNCED);
    put(table, 0, 10);
    disk.fail(Operation.CREATE);
    put(table, 10, 15); // Freezes the first ten; their fold fails.
    assertThat(failures.tryAcquire(20, TimeUnit.SECONDS)).isTrue();
    disk.heal();
    store.checkpoint();
    put(table, 15, 20);
    losePower(store);

    store = open(5);
    requireRows(store, 20);
    store.close();
  }

  @Test
  void filesAreNeverAheadOfTheLogThatCouldStillLoseRecords() {
    Store store = open(100);
    Table table = create(store, Durability.BUFFERED);
    put(table, 0, 10);
    store.checkpoint();
    losePower(store);

    store = open(100);
    requireRows(store, 10);
    put(store.table("t"), 10, 20);
    requireRows(store, 20);
    store.close();
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
  }

  @Test
  void recordsOfADroppedTableDoNotReachTheOneThatHasItsName() {
    Store store = open(100);
    Table first = create(store, Durability.SYNCED);
    put(first, 0, 10);
    assertThat(
            first
                .write(new Mutation.Put(rows(20, 21).rows(), new Origin.Operation("once")))
                .join()
                .applied())
        .isEqualTo(1);
    store.dropTable("t");
    Table second =
        store.createTable(
            TableSpec.of(
                "t",
                KeyType.STRING,
                Map.of("v", new VectorSpec(2, Metric.L2, new IndexSpec.Flat())),
                Map.of("city", FieldType.STRING)));
    Row row =
        Row.of(
            Key.of("a"),
            Map.of("v", new float[] {1, 2}),
            Map.of("city", Value.of("rome")),
            Map.of());
    // The same operation id: the window is that of the table that was dropped.
    assertThat(
            second
                .write(new Mutation.Put(List.of(row), new Origin.Operation("once")))
                .join()
                .applied())
        .isEqualTo(1);
    assertThatThrownBy(() -> first.get(Key.of(1), Projection.KEY))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TABLE_NOT_FOUND));
    losePower(store);

    store = open(100);
    assertThat(store.info().oldestPosition()).as("all of it was replayed").isEqualTo(1);
    requireRows(store, 1);
    assertThat(store.table("t").get(Key.of("a"), Projection.ALL).orElseThrow().vectors().get("v"))
        .containsExactly(1, 2);
    store.close();
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
  }

  @Test
  void aLogThatEndsBeforeTheFilesIsRefused() {
    Store store = open(100);
    Table table = create(store, Durability.SYNCED);
    Path log = disk.list(DIRECTORY.resolve("log")).getFirst();
    put(table, 0, 5);
    byte[] before = disk.read(log);
    put(table, 5, 10);
    store.checkpoint();
    store.close();
    disk.replace(log, ByteBuffer.wrap(before));

    requireCorrupt(() -> open(100), SHARD.resolve("MANIFEST"));
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {}))
        .extracting(StoreVerifier.Problem::file)
        .contains(CATALOG, SHARD.resolve("MANIFEST"));
  }

  @Test
  void aMissingManifestIsRefusedAndNothingIsDeleted() {
    try (Store store = open(100)) {
      put(create(store, Durability.SYNCED), 0, 10);
    }
    disk.delete(SHARD.resolve("MANIFEST"));
    List<Path> files = disk.list(SHARD);

    requireCorrupt(() -> open(100), SHARD.resolve("MANIFEST"));
    assertThat(disk.list(SHARD)).isEqualTo(files).isNotEmpty();
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {}))
        .extracting(StoreVerifier.Problem::file)
        .containsExactly(SHARD.resolve("MANIFEST"));
  }

  @Test
  void aMissingTableDirectoryIsRefused() {
    try (Store store = open(100)) {
      create(store, Durability.SYNCED);
    }
    disk.list(SHARD).forEach(disk::delete);
    disk.delete(SHARD);

    requireCorrupt(() -> open(100), SHARD.resolve("MANIFEST"));
  }

  @Test
  void aMissingCatalogIsMadeAgainFromAWholeLogAndElseRefused() {
    Store store = open(1000);
    put(create(store, Durability.SYNCED), 0, 10);
    losePower(store);
    disk.delete(CATALOG);
    store = open(1000);
    requireRows(store, 10);
    for (int i = 0; i < 40; i++) {
      put(store.table("t"), 0, 10); // Begins new segments, so that the log can be cut.
    }
    store.checkpoint();
    assertThat(store.info().oldestPosition()).isGreaterThan(1);
    store.close();
    disk.delete(CATALOG);

    requireCorrupt(() -> open(1000), CATALOG);
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {}))
        .extracting(StoreVerifier.Problem::file)
        .containsExactly(CATALOG);
  }

  @Test
  void aCatalogThatCannotBeWrittenStopsNothing() {
    Store store = open(100);
    disk.fail(Operation.RENAME);
    put(create(store, Durability.SYNCED), 0, 10);
    disk.heal();
    losePower(store);

    store = open(100);
    requireRows(store, 10);
    store.checkpoint();
    disk.fail(Operation.RENAME);
    store.dropTable("t");
    assertThat(store.tables()).isEmpty();
    disk.heal();
    losePower(store);

    store = open(100);
    assertThat(store.tables()).isEmpty();
    create(store, Durability.SYNCED);
    requireRows(store, 0);
    store.close();
    assertThat(StoreInspector.inspect(DIRECTORY, disk).leftovers()).isEmpty();
  }

  @Test
  void aCheckpointThatTheDiskRefusesChangesNothing() {
    Store store = open(100);
    put(create(store, Durability.SYNCED), 0, 10);
    for (Operation operation : List.of(Operation.CREATE, Operation.SYNC, Operation.RENAME)) {
      disk.failNext(operation, 1);
      assertThatThrownBy(store::checkpoint).isInstanceOf(KindredException.class);
      disk.failNext(operation, 1);
      assertThatThrownBy(() -> store.table("t").fold()).isInstanceOf(KindredException.class);
      put(store.table("t"), 0, 10);
    }
    store.table("t").fold();
    losePower(store);
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
    Store again = open(100);
    requireRows(again, 10);
    again.close();
    disk.assertAllClosed();
  }

  @Test
  void aStoreClosesWhileAChangeWaitsForAFoldThatTheDiskRefuses() throws Exception {
    Store store = open(5);
    Table table = create(store, Durability.SYNCED);
    put(table, 0, 5);
    disk.fail(Operation.CREATE);
    CountDownLatch held = new CountDownLatch(1);
    commitsHeld = held;
    List<CompletableFuture<WriteResult>> waiting = new ArrayList<>();
    for (int i = 5; i < 17; i += 3) {
      waiting.add(table.write(rows(i, i + 3))); // Accepted: as yet the delta has room.
    }
    commitsHeld = null;
    held.countDown();
    store.close();

    assertThatThrownBy(() -> waiting.getLast().get())
        .isInstanceOf(ExecutionException.class)
        .hasMessageContaining("the next start applies");
    disk.heal();
    Store again = open(5);
    requireRows(again, 17);
    again.close();
  }

  @Test
  void aStartThatNeedsAFoldWhichTheDiskRefusesFails() {
    Store store = open(100);
    Table table = create(store, Durability.SYNCED);
    for (int i = 0; i < 20; i += 2) {
      put(table, i, i + 2);
    }
    losePower(store);
    disk.fail(Operation.CREATE);

    assertThatThrownBy(() -> open(4))
        .isInstanceOfSatisfying(
            KindredException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
        .hasMessageStartingWith("t/0: the log holds more rows than the delta takes, and the fold")
        .hasMessageContaining("Input/output error");
    disk.assertAllClosed();

    disk.heal();
    Store again = open(4);
    requireRows(again, 20);
    again.close();
  }

  private static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(20, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
