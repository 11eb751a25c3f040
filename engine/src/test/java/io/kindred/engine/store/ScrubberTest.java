package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Budget;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.ScrubInfo;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// A file of each kind is altered while the store is open: it is found, named, and made good or no
/// longer read.
@Timeout(120)
class ScrubberTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final Path SHARD = DIRECTORY.resolve("tables/1/v1-shard-00");
  private static final int ROWS = 200;

  private FaultyDisk disk = new FaultyDisk();

  private EmbeddedStore open(long scrubBytesPerSecond) {
    StoreOptions options =
        new StoreOptions(
            DIRECTORY,
            10_000,
            1 << 20,
            8_192,
            Duration.ofHours(1),
            1,
            InstantSource.system(),
            StoreListener.NONE);
    Budget budget = Budget.DEFAULT.withScrubBytesPerSecond(scrubBytesPerSecond);
    return EmbeddedStore.open(options.withBudget(budget), disk);
  }

  /// A new store: most rows in a base, some in a delta, a checkpoint, and a log of several files.
  private EmbeddedStore openFilled() {
    disk = new FaultyDisk();
    EmbeddedStore store = open(0);
    for (String name : List.of("t", "u")) {
      Table table = store.createTable(spec(name));
      put(table, 0, ROWS - 20);
      table.fold();
      put(table, ROWS - 20, ROWS - 10);
      store.checkpoint();
      put(table, ROWS - 10, ROWS);
    }
    for (int i = 0; i < 20; i++) {
      put(store.table("t"), ROWS - 10, ROWS);
    }
    assertThat(disk.list(DIRECTORY.resolve("log"))).hasSizeGreaterThan(1);
    return store;
  }

  private static TableSpec spec(String name) {
    return new TableSpec(
        name,
        KeyType.UINT64,
        Map.of("v", new VectorSpec(16, Metric.L2, new IndexSpec.Hnsw(4, 16))),
        Map.of("city", FieldType.STRING),
        "city",
        null,
        Durability.SYNCED,
        1);
  }

  private static void put(Table table, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          new Row(
              Key.of(i),
              Map.of("v", vector(i)),
              Map.of("city", Value.of("city-" + i % 3)),
              Map.of(),
              null,
              i % 7 == 0 ? Duration.ofHours(1) : null,
              null));
    }
    assertThat(table.write(new Mutation.Put(rows, null)).join().applied()).isEqualTo(to - from);
  }

  private static float[] vector(int i) {
    float[] vector = new float[16];
    for (int at = 0; at < vector.length; at++) {
      vector[at] = (i * (at + 1)) % 31;
    }
    return vector;
  }

  private static void requireRows(Table table) {
    for (int i = 0; i < ROWS; i++) {
      assertThat(table.get(Key.of(i), Projection.ALL).orElseThrow().vectors().get("v"))
          .containsExactly(vector(i));
    }
    SearchResult nearest = table.search(SearchRequest.of(vector(5), 1));
    assertThat(nearest.matches().getFirst().score()).isZero();
    assertThat(table.info().rowCount()).isEqualTo(ROWS);
  }

  private List<Path> files(String part) {
    List<Path> files = new ArrayList<>();
    for (Path directory : List.of(DIRECTORY, DIRECTORY.resolve("log"), SHARD)) {
      List<Path> found = disk.list(directory);
      files.addAll(found.stream().filter(file -> file.toString().contains(part)).toList());
    }
    assertThat(files).as(part).isNotEmpty();
    return files;
  }

  /// Alters a byte of the payload.
  private Path damage(Path file) {
    byte[] bytes = disk.read(file);
    bytes[64 + (bytes.length - 96) / 2] ^= 1;
    disk.replace(file, ByteBuffer.wrap(bytes));
    return file;
  }

  private static void requireCorrupt(ThrowingCallable work, Path file) {
    assertThatThrownBy(work)
        .satisfies(
            e ->
                assertThat(e instanceof CompletionException ? e.getCause() : e)
                    .isInstanceOfSatisfying(
                        KindredException.class,
                        cause -> assertThat(cause.code()).isEqualTo(ErrorCode.CORRUPT)))
        .hasMessageContaining(file.toString());
  }

  private void requireWholeFiles() {
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
    disk.assertAllClosed();
  }

  @Test
  void allFilesAreReadAndWholeOnesAreNoProblem() {
    try (EmbeddedStore store = openFilled()) {
      long sizeBytes = files("").stream().filter(disk::exists).mapToLong(this::fileBytes).sum();
      store.scrubber().round();
      ScrubInfo info = store.health().scrub();
      assertThat(info.rounds()).isEqualTo(1);
      assertThat(info.bytes()).isGreaterThan(sizeBytes / 2);
      assertThat(info.replaced()).isZero();
      assertThat(info.damaged()).isEmpty();
      assertThat(store.health().problems()).isEmpty();
    }
    requireWholeFiles();
  }

  private long fileBytes(Path file) {
    return disk.list(file).isEmpty() && !file.endsWith("log") && !file.endsWith("tables")
        ? disk.sizeBytes(file)
        : 0;
  }

  @Test
  void whatIsInMemoryIsWrittenAnew() {
    for (String part : List.of("MANIFEST", "checkpoint-", "CATALOG", ".log")) {
      try (EmbeddedStore store = openFilled()) {
        Path file = damage(files(part).getFirst());
        store.scrubber().round();
        assertThat(store.health().scrub().replaced()).as("%s", file).isEqualTo(1);
        assertThat(store.health().problems()).isEmpty();
        store.scrubber().round();
        assertThat(store.health().scrub().replaced()).isEqualTo(1);
        requireRows(store.table("t"));
      }
      requireWholeFiles();
    }
  }

  @Test
  void anIndexIsMadeAgainByAFold() {
    for (String part : List.of(".index-0", ".partitions")) {
      try (EmbeddedStore store = openFilled()) {
        Path file = damage(files(part).getFirst());
        store.scrubber().round();
        Table table = store.table("t");
        requireRows(table);
        await(() -> store.health().scrub().damaged().isEmpty());
        assertThat(disk.exists(file)).isFalse();
        requireRows(table);
        assertThat(table.info().indexes().values()).allMatch(index -> index.indexed() == ROWS);
      }
      requireWholeFiles();
    }
  }

  @Test
  void aStartDoesWithoutADamagedIndexAndMakesItAgain() {
    for (String part : List.of(".index-0", ".partitions")) {
      for (boolean isMissing : List.of(false, true)) {
        openFilled().close();
        Path file = files(part).getFirst();
        if (isMissing) {
          disk.delete(file);
        } else {
          damage(file);
        }
        try (EmbeddedStore store = open(0)) {
          requireRows(store.table("t"));
          await(() -> store.health().scrub().damaged().isEmpty());
          requireRows(store.table("t"));
        }
        requireWholeFiles();
      }
    }
  }

  @Test
  void damagedRowsAreNotReadAndTheOtherTablesAre() {
    for (String part : List.of(".rows", ".offsets", ".keys", ".expiry", ".vectors-0")) {
      try (EmbeddedStore store = openFilled()) {
        Path file = damage(files(part).getFirst());
        store.scrubber().round();
        assertThat(store.health().scrub().damaged())
            .hasSize(1)
            .first()
            .asString()
            .contains(file.toString());
        assertThat(store.health().problems()).hasSize(1);
        Table table = store.table("t");
        requireCorrupt(() -> table.get(Key.of(1), Projection.ALL), file);
        requireCorrupt(() -> table.search(SearchRequest.of(vector(1), 1)), file);
        requireCorrupt(() -> table.scan(null, 10, null, Projection.ALL), file);
        requireCorrupt(() -> put(table, 0, 1), file);
        requireCorrupt(table::fold, file);
        assertThat(table.info().spec().name()).isEqualTo("t");
        requireRows(store.table("u"));
        store.checkpoint();

        store.dropTable("t");
        assertThat(store.health().problems()).isEmpty();
        put(store.createTable(spec("t")), 0, ROWS);
        requireRows(store.table("t"));
      }
      requireWholeFiles();
    }
  }

  /// A new base of damaged rows would have good checksums.
  @Test
  void aFoldDoesNotCarryDamagedRowsOver() {
    try (EmbeddedStore store = openFilled()) {
      Path file = damage(files(".vectors-0").getFirst());
      requireCorrupt(() -> store.table("t").fold(), file);
      assertThat(disk.list(SHARD).stream().filter(it -> it.toString().endsWith(".rows")))
          .hasSize(1);
      requireCorrupt(() -> store.table("t").get(Key.of(1), Projection.ALL), file);
      store.dropTable("t");
    }
    requireWholeFiles();
  }

  @Test
  void aPausedRoundReadsNothingAndGoesOnWhereItWas() throws Exception {
    openFilled().close();
    try (EmbeddedStore store = open(1 << 30)) {
      store.pauseScrub();
      CompletableFuture<Void> round = CompletableFuture.runAsync(() -> store.scrubber().round());
      await(() -> store.health().scrub().bytes() > 0);
      ScrubInfo paused = store.health().scrub();
      assertThat(paused.isPaused()).isTrue();
      assertThatThrownBy(() -> round.get(500, TimeUnit.MILLISECONDS))
          .isInstanceOf(TimeoutException.class);
      assertThat(store.health().scrub()).isEqualTo(paused);
      requireRows(store.table("t"));

      store.resumeScrub();
      round.get(30, TimeUnit.SECONDS);
      assertThat(store.health().scrub().isPaused()).isFalse();
      assertThat(store.health().scrub().rounds()).isEqualTo(1);
    }
    requireWholeFiles();
  }

  @Test
  void closingEndsAPausedRound() {
    openFilled().close();
    EmbeddedStore store = open(1 << 30);
    store.pauseScrub();
    CompletableFuture<Void> round = CompletableFuture.runAsync(() -> store.scrubber().round());
    await(() -> store.health().scrub().bytes() > 0);
    store.close();
    assertThatThrownBy(() -> round.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CancellationException.class);
    requireWholeFiles();
  }

  @Test
  void closingEndsARoundAtOnce() {
    openFilled().close();
    EmbeddedStore store = open(1);
    CompletableFuture<Void> round = CompletableFuture.runAsync(() -> store.scrubber().round());
    await(() -> store.health().scrub().bytes() > 0);
    long started = System.nanoTime();
    store.close();
    assertThatThrownBy(() -> round.get(10, TimeUnit.SECONDS))
        .hasCauseInstanceOf(CancellationException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - started)).isLessThan(Duration.ofSeconds(10));
    requireWholeFiles();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 30 s").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
