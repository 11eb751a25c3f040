package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Budget;
import io.kindred.engine.DiskInfo;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.FaultyDisk.Operation;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// What the store does while the disk has little room, or fails: it refuses in time, goes on
/// reading, and works again without a restart.
@Timeout(120)
class DiskSpaceTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final Path SHARD = DIRECTORY.resolve("tables/1/v1-shard-00");
  private static final long FREE_BYTES_MIN = 1 << 20;
  private static final int ROWS = 60;

  private final FaultyDisk disk = new FaultyDisk();
  private EmbeddedStore store;

  @BeforeEach
  void open() {
    open(FREE_BYTES_MIN);
  }

  private void open(long freeBytesMin) {
    StoreOptions options =
        new StoreOptions(
            DIRECTORY,
            5_000,
            1 << 20,
            16_384,
            Duration.ofHours(1),
            1,
            InstantSource.system(),
            StoreListener.NONE);
    store =
        EmbeddedStore.open(
            options.withBudget(Budget.DEFAULT.withDiskFreeBytes(freeBytesMin)), disk);
  }

  /// Without the watermarks, which would refuse what some tests want to see fail.
  private void openWithoutWatermarks() {
    store.close();
    open(0);
  }

  @AfterEach
  void close() {
    disk.heal();
    store.close();
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
    disk.assertAllClosed();
  }

  private Table create(String name) {
    return store.createTable(
        new TableSpec(
            name,
            KeyType.UINT64,
            Map.of("v", new VectorSpec(3, Metric.L2, new IndexSpec.Hnsw(4, 16))),
            Map.of(),
            null,
            null,
            Durability.SYNCED,
            1));
  }

  private static Mutation rows(int from, int to, int version) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          Row.of(
              Key.of(i),
              Map.of("v", new float[] {i, version, 1}),
              Map.of(),
              Map.of("version", Value.of(version))));
    }
    return new Mutation.Put(rows, null);
  }

  /// Where rows wait for a fold that the disk refused, tries again, as callers are told to.
  private static void put(Table table, int from, int to, int version) {
    await(
        () -> {
          try {
            assertThat(table.write(rows(from, to, version)).join().applied()).isEqualTo(to - from);
            return true;
          } catch (KindredException e) {
            if (e.code() != ErrorCode.OVERLOADED) {
              throw e;
            }
            return false;
          }
        });
  }

  private static void requireRows(Table table, int count, int version) {
    assertThat(table.scan(null, 1000, null, Projection.ALL).rows())
        .hasSize(count)
        .allMatch(row -> Value.of(version).equals(row.metadata().get("version")));
    assertThat(table.search(SearchRequest.of(new float[] {1, 1, 1}, 5)).matches())
        .hasSize(Math.min(5, count));
  }

  private void setFree(long bytes) {
    disk.setFreeBytes(bytes);
    store.space().measure();
  }

  private DiskInfo.State state() {
    return store.health().disk().state();
  }

  private static void requireRefused(ThrowingCallable work, String message) {
    assertThatThrownBy(work)
        .satisfies(e -> assertThat(cause(e).code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
        .hasMessageContaining(message);
  }

  private static KindredException cause(Throwable e) {
    return (KindredException)
        Objects.requireNonNull(e instanceof CompletionException ? e.getCause() : e);
  }

  @Test
  void writesAreRefusedBeforeTheDiskIsFullAndTakenAgainWhenThereIsRoom() {
    Table table = create("t");
    put(table, 0, ROWS, 1);
    setFree(2 * FREE_BYTES_MIN);
    assertThat(state()).isEqualTo(DiskInfo.State.OK);
    assertThat(store.health().problems()).isEmpty();
    setFree(2 * FREE_BYTES_MIN - 1);
    assertThat(state()).isEqualTo(DiskInfo.State.LOW);
    assertThat(store.health().problems()).hasSize(1).first().asString().contains("disk: 2097151");
    put(table, 0, ROWS, 2);

    setFree(FREE_BYTES_MIN - 1);
    assertThat(state()).isEqualTo(DiskInfo.State.FULL);
    long before = disk.operations();
    requireRefused(
        () -> put(table, 0, ROWS, 3), "bytes free at /store (expected: at least 1048576");
    requireRefused(() -> create("u"), "add rows and tables");
    assertThat(disk.operations()).isEqualTo(before);
    requireRows(table, ROWS, 2);
    assertThat(table.write(new Mutation.Delete(List.of(Key.of(0)), null)).join().applied())
        .isEqualTo(1);
    table.fold();
    requireRows(table, ROWS - 1, 2);

    setFree(FREE_BYTES_MIN + 16_384);
    assertThat(state()).isEqualTo(DiskInfo.State.LOW);
    put(table, 0, ROWS, 3);
    disk.heal();
    await(() -> state() == DiskInfo.State.OK);
    assertThat(store.health().problems()).isEmpty();
    requireRows(table, ROWS, 3);
  }

  @Test
  void aTableIsDroppedToMakeRoom() {
    create("t");
    setFree(FREE_BYTES_MIN - 1);
    store.dropTable("t");
    assertThat(store.tables()).isEmpty();
  }

  @Test
  void nothingIsWrittenWhenNextToNothingIsFree() {
    Table table = create("t");
    put(table, 0, ROWS, 1);
    setFree(FREE_BYTES_MIN / 4 - 1);
    assertThat(state()).isEqualTo(DiskInfo.State.READ_ONLY);
    long before = disk.operations();
    requireRefused(() -> put(table, 0, ROWS, 2), "write at all");
    requireRefused(
        () -> table.write(new Mutation.Delete(List.of(Key.of(0)), null)), "write at all");
    requireRefused(() -> store.dropTable("t"), "write at all");
    requireRefused(table::fold, "fold of t/0 not begun");
    requireRefused(store::checkpoint, "checkpoint of t/0 not begun");
    assertThat(disk.operations()).isEqualTo(before);
    requireRows(table, ROWS, 1);
  }

  @Test
  void whatWouldNotFitIsNotBegunAndIsDoneOnceThereIsRoom() {
    Table table = create("t");
    for (int from = 0; from < 1_000; from += 100) {
      put(table, from, from + 100, 1);
    }
    store.checkpoint();
    setFree(FREE_BYTES_MIN / 4 + 32_768);
    long before = disk.operations();
    requireRefused(table::fold, "fold of t/0 not begun: takes about");
    assertThat(disk.operations()).isEqualTo(before);
    await(() -> store.health().problems().stream().anyMatch(it -> it.contains("fold of t/0")));
    disk.heal();
    await(() -> store.health().problems().isEmpty() && table.info().bytes().indexes() > 0);
    requireRows(table, 1_000, 1);
  }

  /// The disk is full at every place of a write, a checkpoint and a fold in turn.
  @Test
  void aDiskThatIsFullInTheMiddleOfSomethingLeavesAStateThatWorksOnceThereIsRoom() {
    openWithoutWatermarks();
    Table table = create("t");
    put(table, 0, ROWS, 1);
    table.fold();
    int version = 1;
    for (Runnable work : List.<Runnable>of(store::checkpoint, table::fold)) {
      int failed = 0;
      boolean hasSucceeded = false;
      for (int room = 0; !hasSucceeded; room += room < 2_000 ? 100 : 500) {
        put(table, 0, ROWS, ++version);
        disk.setFreeBytes(room);
        hasSucceeded = attempt(work);
        failed += hasSucceeded ? 0 : 1;
        requireRows(table, ROWS, version);
        requireFewFiles(2);
        disk.heal();
      }
      assertThat(failed).isGreaterThan(10);
      store.checkpoint();
      requireFewFiles(1);
    }
    int failed = 0;
    for (int room = 0; room < 4_000; room += 100) {
      int tried = version + 1;
      disk.setFreeBytes(room);
      boolean isStored = attempt(() -> put(table, 0, ROWS, tried));
      version = isStored ? tried : version;
      failed += isStored ? 0 : 1;
      requireRows(table, ROWS, version);
      disk.heal();
      put(table, 0, ROWS, ++version);
      requireRows(table, ROWS, version);
    }
    assertThat(failed).isGreaterThan(10);
    assertThat(store.health().problems()).isEmpty();
  }

  /// What fails changes nothing, and all of it works without a restart once the device does.
  @Test
  void aDeviceThatFailsForAWhileStopsNothingForGood() {
    openWithoutWatermarks();
    int version = 0;
    Table table = create("t");
    put(table, 0, ROWS, version);
    for (Operation operation : Operation.values()) {
      for (int times = 1; times <= 3; times++) {
        String other = "other-" + operation.name().toLowerCase(Locale.ROOT) + times;
        put(table, 0, ROWS, ++version);
        disk.failNext(operation, times);
        attempt(store::checkpoint);
        attempt(table::fold);
        disk.failNext(operation, times);
        attempt(table::fold);
        disk.failNext(operation, times);
        attempt(() -> create(other));
        disk.failNext(operation, times);
        attempt(() -> store.dropTable(other));
        requireRows(table, ROWS, version);
        disk.failNext(operation, times);
        int tried = version + 1;
        version = attempt(() -> put(table, 0, ROWS, tried)) ? tried : version;
        disk.heal();
        requireFewFiles(3);
        requireRows(table, ROWS, version);

        put(table, 0, ROWS, ++version);
        store.checkpoint();
        table.fold();
        requireFewFiles(1);
        requireRows(table, ROWS, version);
        // Until the fold in the background has been tried again.
        await(() -> store.health().problems().isEmpty());
      }
    }
  }

  @Test
  void aTableThatTheDiskRefusesToMakeIsMadeOnceItDoes() {
    disk.fail(Operation.READ);
    CompletableFuture<Table> made = CompletableFuture.supplyAsync(() -> create("t"));
    await(() -> store.info().committedPosition() == 1);
    assertThat(made).isNotDone();
    disk.heal();
    put(made.join(), 0, ROWS, 1);
    requireRows(store.table("t"), ROWS, 1);
  }

  @Test
  void aStoreClosesWhileATableCannotBeMade() {
    disk.fail(Operation.READ);
    CompletableFuture<Table> made = CompletableFuture.supplyAsync(() -> create("t"));
    await(() -> store.info().committedPosition() == 1);
    store.close();
    assertThatThrownBy(made::join).isInstanceOf(CompletionException.class);
    disk.heal();
    open();
    put(store.table("t"), 0, ROWS, 1);
  }

  private static boolean attempt(Runnable work) {
    try {
      work.run();
      return true;
    } catch (KindredException | CompletionException e) {
      assertThat(cause(e).code()).isIn(ErrorCode.STORAGE_UNAVAILABLE, ErrorCode.TABLE_NOT_FOUND);
      return false;
    }
  }

  /// What failed may leave files, but only so many bases and checkpoints.
  private void requireFewFiles(int most) {
    Set<String> bases = new HashSet<>();
    Set<String> checkpoints = new HashSet<>();
    for (Path file : disk.list(SHARD)) {
      String name = file.getFileName().toString();
      (name.startsWith("base-") ? bases : checkpoints).add(name.replaceAll("\\..*", ""));
    }
    checkpoints.remove("MANIFEST");
    assertThat(bases).hasSizeLessThanOrEqualTo(most);
    assertThat(checkpoints).hasSizeLessThanOrEqualTo(most);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 30 s").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
