package io.kindred.engine.backup;

import static io.kindred.engine.backup.BackupFixture.items;
import static io.kindred.engine.backup.BackupFixture.put;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.Value;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.StoreInspector;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class BackupTest {
  @TempDir Path directory;
  private Path data;
  private Path place;
  private Path target;
  private Backups backups;
  private EmbeddedStore store;

  @BeforeEach
  void makeStore() {
    data = directory.resolve("data");
    place = directory.resolve("place");
    target = directory.resolve("restored");
    backups = new Backups(new DirectoryObjectStore(place));
    store = BackupFixture.open(data);
  }

  @AfterEach
  void closeStore() {
    store.close();
    BackupFixture.requireSound(data);
    assertThat(StoreInspector.inspect(data).leftovers()).isEmpty();
  }

  private BackupManifest create() {
    return backups.create(store, List.of(), new Progress()).manifest();
  }

  private Restore.Restored restore(String id) {
    return backups.restore(id, Restore.Target.of(target), new Progress());
  }

  @Test
  void aBackupHoldsEverythingUpToItsPositionAndNothingLater() {
    BackupFixture.fill(store);
    Map<String, String> items = BackupFixture.rows(store.table("items"));
    Map<String, String> users = BackupFixture.rows(store.table("users"));
    long position = store.info().appliedPosition();

    BackupManifest manifest = create();
    put(store.table("items"), 390, 420);
    store.dropTable("users");
    Restore.Restored restored = restore(manifest.id());

    assertThat(manifest.position()).isEqualTo(position);
    assertThat(manifest.rowCount()).isEqualTo(448);
    assertThat(restored.logId()).isNotEqualTo(manifest.logId());
    BackupFixture.requireSound(target);
    assertThat(BackupFixture.rows(target, "items")).isEqualTo(items);
    assertThat(BackupFixture.rows(target, "users")).isEqualTo(users);
    assertThat(directory.resolve("restored.restoring")).doesNotExist();
  }

  @Test
  void aRestoredStoreKnowsHowFarItsSourcesWereApplied() {
    BackupFixture.fill(store);
    RowMerge merge =
        new RowMerge(
            Key.of("row-1"),
            Instant.EPOCH,
            List.of(new MergeOperation.AddToFilter("seen", Key.of(1), 10, 0.01)),
            null);
    Row none = Row.of(Key.of("none"), Map.of(), Map.of(), Map.of());
    Mutation merged =
        new Mutation.Merge(List.of(merge), new Origin.Events("clicks", 1, new long[] {5}));
    Mutation rejected =
        new Mutation.Update(List.of(none), new Origin.Events("clicks", 2, new long[] {6}));
    store.table("items").write(merged).join();
    store.table("items").write(rejected).join();
    BackupManifest manifest = create();
    restore(manifest.id());

    try (EmbeddedStore copy = BackupFixture.open(target)) {
      Table items = copy.table("items");
      assertThat(items.write(merged).join().repeated()).isEqualTo(1);
      items.write(new Mutation.Put(List.of(none), null)).join();
      assertThat(items.write(rejected).join().rejected())
          .singleElement()
          .satisfies(row -> assertThat(row.code()).isEqualTo(ErrorCode.ROW_NOT_FOUND));
    }
    BackupFixture.requireSound(target);
  }

  @Test
  void aRestoredStoreGoesOnBehindThePosition() {
    BackupFixture.fill(store);
    BackupManifest manifest = create();
    restore(manifest.id());

    try (EmbeddedStore copy = BackupFixture.open(target)) {
      Table items = copy.table("items");
      // An operation that the backup knows is not applied again.
      Row other = Row.of(Key.of("row-0"), Map.of(), Map.of(), Map.of());
      items.write(new Mutation.Put(List.of(other), new Origin.Operation("put-0-300"))).join();
      assertThat(version(items, "row-0")).isLessThanOrEqualTo(manifest.position());
      put(items, 1_000, 1_010);
      items.fold();
      assertThat(version(items, "row-1000")).isGreaterThan(manifest.position());
      copy.createTable(items("more"));
    }
    BackupFixture.requireSound(target);
    try (EmbeddedStore copy = BackupFixture.open(target)) {
      assertThat(copy.table("items").info().rowCount()).isEqualTo(408);
      assertThat(copy.table("more").info().rowCount()).isZero();
    }
  }

  private static long version(Table table, String key) {
    return table.get(Key.of(key), Projection.KEY).orElseThrow().version();
  }

  /// One record for each row, so that the row's version is the record's position.
  @Test
  void whileWritesGoOnTheBackupIsThePrefixAtItsPosition() throws Exception {
    StoreOptions options = StoreOptions.at(directory.resolve("busy")).withDeltaRowsMax(200);
    try (EmbeddedStore busy = EmbeddedStore.open(options);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      Table items = busy.createTable(items("items"));
      AtomicLong acknowledged = new AtomicLong();
      AtomicBoolean isDone = new AtomicBoolean();
      Future<?> writer = threads.submit(() -> insert(items, acknowledged, isDone));
      Future<?> folder =
          threads.submit(
              () -> {
                while (!isDone.get()) {
                  items.fold();
                  busy.checkpoint();
                }
              });
      try {
        for (int round = 0; round < 5; round++) {
          long before = acknowledged.get();
          BackupManifest manifest = backups.create(busy, List.of(), new Progress()).manifest();
          Path copy = directory.resolve("copy-" + round);
          backups.restore(manifest.id(), Restore.Target.of(copy), new Progress());

          assertThat(manifest.position()).isGreaterThanOrEqualTo(before);
          assertThat(BackupFixture.rows(copy, "items")).isEqualTo(upTo(items, manifest.position()));
          awaitMore(acknowledged, writer);
        }
      } finally {
        isDone.set(true);
        writer.get(30, TimeUnit.SECONDS);
        folder.get(30, TimeUnit.SECONDS);
      }
    }
    BackupFixture.requireSound(directory.resolve("busy"));
    assertThat(StoreInspector.inspect(directory.resolve("busy")).leftovers()).isEmpty();
  }

  private static void awaitMore(AtomicLong acknowledged, Future<?> writer) {
    long before = acknowledged.get();
    while (acknowledged.get() < before + 50 && !writer.isDone()) {
      Thread.onSpinWait();
    }
  }

  private static void insert(Table table, AtomicLong acknowledged, AtomicBoolean isDone) {
    for (int i = 0; !isDone.get(); i++) {
      Row row =
          Row.of(
              Key.of("key-" + i),
              Map.of("place", new float[] {i, 1, 2, 3}),
              Map.of("number", Value.of(i)),
              Map.of());
      try {
        var result = table.write(new Mutation.Put(List.of(row), null)).join();
        acknowledged.set(result.token().position());
      } catch (java.util.concurrent.CompletionException | KindredException e) {
        // Full until a fold is done; nothing was stored.
        table.fold();
      }
    }
  }

  /// The rows whose version is not above a position; none is ever replaced.
  private static Map<String, String> upTo(Table table, long position) {
    Map<String, String> rows = new TreeMap<>(BackupFixture.rows(table));
    rows.values()
        .removeIf(row -> Long.parseLong(row.substring(row.lastIndexOf(' ') + 1)) > position);
    return rows;
  }

  @Test
  void whatThePlaceHasIsNotCopiedAgain() {
    BackupFixture.fill(store);
    Backups.Created first = backups.create(store, List.of(), new Progress());
    Backups.Created unchanged = backups.create(store, List.of(), new Progress());
    put(store.table("users"), 50, 51);
    Backups.Created oneRow = backups.create(store, List.of(), new Progress());
    store.table("users").fold();
    Backups.Created folded = backups.create(store, List.of(), new Progress());

    assertThat(first.filesCopied()).isGreaterThan(12);
    assertThat(first.bytesCopied()).isEqualTo(first.manifest().sizeBytes());
    // What was not on disk yet is written once more: a checkpoint for each shard.
    assertThat(unchanged.filesCopied()).isEqualTo(4);
    assertThat(oneRow.filesCopied()).isEqualTo(4);
    assertThat(folded.filesCopied()).isBetween(10, 24);
    store.checkpoint();
    backups.create(store, List.of(), new Progress());
    assertThat(backups.create(store, List.of(), new Progress()).filesCopied()).isZero();
  }

  @Test
  void foldsAndDropsWhileFilesAreCopiedDoNotDisturbTheBackup() {
    BackupFixture.fill(store);
    Map<String, String> items = BackupFixture.rows(store.table("items"));
    Map<String, String> users = BackupFixture.rows(store.table("users"));
    AtomicBoolean isFirst = new AtomicBoolean(true);
    Progress progress =
        new Progress(
            status -> {
              if (status.bytesCopied() > 0 && isFirst.getAndSet(false)) {
                put(store.table("items"), 500, 600);
                store.table("items").fold();
                store.dropTable("users");
                store.checkpoint();
                put(store.createTable(items("users")), 0, 1);
              }
            });

    BackupManifest manifest = backups.create(store, List.of(), progress).manifest();
    restore(manifest.id());

    assertThat(isFirst).isFalse();
    assertThat(BackupFixture.rows(target, "items")).isEqualTo(items);
    assertThat(BackupFixture.rows(target, "users")).isEqualTo(users);
    assertThat(store.table("users").info().rowCount()).isEqualTo(1);
    // The new table has no files yet, and those of the dropped one are gone.
    assertThat(data.resolve("tables").toFile().list()).hasSize(1);
  }

  @Test
  void aBackupOfOneTableHoldsThatOneOnly() {
    BackupFixture.fill(store);
    BackupManifest manifest = backups.create(store, List.of("users"), new Progress()).manifest();
    restore(manifest.id());

    assertThat(manifest.tables())
        .extracting(BackupManifest.BackupTable::name)
        .containsExactly("users");
    try (EmbeddedStore copy = BackupFixture.open(target)) {
      assertThat(copy.tables()).extracting(table -> table.spec().name()).containsExactly("users");
    }
    assertThatThrownBy(() -> backups.create(store, List.of("users", "none"), new Progress()))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TABLE_NOT_FOUND))
        .hasMessage("table: none (expected: an existing table)");
  }

  @Test
  void aTableIsRestoredUnderAnotherName() {
    BackupFixture.fill(store);
    Map<String, String> items = BackupFixture.rows(store.table("items"));
    BackupManifest manifest = create();

    backups.restore(
        manifest.id(), new Restore.Target(target, "items", "items-of-march"), new Progress());

    assertThat(BackupFixture.rows(target, "items-of-march")).isEqualTo(items);
    assertThatThrownBy(
            () ->
                backups.restore(
                    manifest.id(),
                    new Restore.Target(directory.resolve("b"), "item", null),
                    new Progress()))
        .hasMessageContaining("table: item (expected: one of backup " + manifest.id())
        .hasMessageContaining("items, users");
    assertThatThrownBy(
            () ->
                backups.restore(
                    manifest.id(),
                    new Restore.Target(directory.resolve("b"), "items", "../b"),
                    new Progress()))
        .hasMessageContaining("name: ../b");
    assertThat(directory.resolve("b")).doesNotExist();
    assertThat(directory.resolve("b.restoring")).doesNotExist();
  }

  @Test
  void aDirectoryThatHoldsSomethingIsNotTouched() throws Exception {
    BackupFixture.fill(store);
    BackupManifest manifest = create();
    Files.createDirectories(target);
    Files.writeString(target.resolve("notes"), "mine");

    assertThatThrownBy(() -> restore(manifest.id()))
        .hasMessage("directory: " + target + " (expected: a new or an empty directory)");
    assertThat(BackupFixture.files(target)).containsExactly(Path.of("notes"));

    Files.delete(target.resolve("notes"));
    restore(manifest.id());
    BackupFixture.requireSound(target);
  }

  @Test
  void anInterruptedBackupGoesOnWhereItEnded() {
    BackupFixture.fill(store);
    store.checkpoint();
    Progress[] self = new Progress[1];
    self[0] =
        new Progress(
            status -> {
              if (status.filesDone() == 7) {
                self[0].cancel();
              }
            });

    assertThatThrownBy(() -> backups.create(store, List.of(), self[0]))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.NOT_READY));
    assertThat(backups.list()).isEmpty();
    Backups.Created second = backups.create(store, List.of(), new Progress());

    assertThat(second.filesCopied()).isEqualTo(second.manifest().objectNames().size() - 7);
    restore(second.manifest().id());
    BackupFixture.requireSound(target);
  }

  @Test
  void anInterruptedRestoreGoesOnWhereItEndedAndWasNeverSeen() {
    BackupFixture.fill(store);
    Map<String, String> items = BackupFixture.rows(store.table("items"));
    BackupManifest manifest = create();
    Progress[] self = new Progress[1];
    self[0] =
        new Progress(
            status -> {
              if (status.filesDone() == 5) {
                self[0].cancel();
              }
            });

    assertThatThrownBy(() -> backups.restore(manifest.id(), Restore.Target.of(target), self[0]))
        .hasMessageContaining("cancelled");
    assertThat(target).doesNotExist();
    Progress second = new Progress();
    Restore.Restored restored = backups.restore(manifest.id(), Restore.Target.of(target), second);

    assertThat(restored.copied().bytesCopied()).isPositive().isLessThan(manifest.sizeBytes());
    assertThat(BackupFixture.rows(target, "items")).isEqualTo(items);
  }

  @Test
  void leftoversOfAnotherRestoreAreReplaced() throws Exception {
    BackupFixture.fill(store);
    BackupManifest manifest = create();
    Progress[] self = new Progress[1];
    self[0] =
        new Progress(
            status -> {
              if (status.filesDone() == 20) {
                self[0].cancel();
              }
            });
    assertThatThrownBy(() -> backups.restore(manifest.id(), Restore.Target.of(target), self[0]))
        .hasMessageContaining("cancelled");
    Path unfinished = directory.resolve("restored.restoring");
    Path altered =
        BackupFixture.files(unfinished).stream()
            .filter(file -> file.toString().endsWith(".vectors-0"))
            .findFirst()
            .orElseThrow();
    byte[] bytes = Files.readAllBytes(unfinished.resolve(altered));
    bytes[200] ^= 1;
    Files.write(unfinished.resolve(altered), bytes);

    backups.restore(manifest.id(), new Restore.Target(target, "items", null), new Progress());

    BackupFixture.requireSound(target);
    assertThat(StoreInspector.inspect(target).leftovers()).isEmpty();
  }

  @Test
  void aDrillRestoresComparesAndLeavesNothing() {
    BackupFixture.fill(store);
    BackupManifest manifest = create();

    Backups.Drilled drilled = backups.drill(manifest.id(), target, new Progress());

    assertThat(drilled.tables()).containsExactly(Map.entry("items", 398L), Map.entry("users", 50L));
    assertThat(target).doesNotExist();
    assertThat(directory.resolve("restored.restoring")).doesNotExist();
  }

  @Test
  void whatNoOtherBackupNeedsIsDeletedWithABackup() throws Exception {
    BackupFixture.fill(store);
    BackupManifest first = create();
    store.table("users").fold();
    BackupManifest second = create();
    Files.writeString(place.resolve("files/0000-1-2.0123.tmp"), "of a process that was killed");
    Files.writeString(place.resolve("files/0000-1-2"), "of an interrupted backup");

    Backups.Deleted deleted = backups.delete(first.id());

    assertThat(deleted.filesDeleted()).isPositive();
    assertThat(backups.list()).extracting(Backups.Listed::id).containsExactly(second.id());
    assertThat(BackupFixture.files(place.resolve("files")))
        .extracting(file -> "files/" + file)
        .containsExactlyInAnyOrderElementsOf(second.objectNames());
    assertThat(BackupFixture.files(place.resolve("active"))).isEmpty();
    assertThat(backups.verify(second.id(), new Progress())).isEmpty();
    restore(second.id());
    assertThatThrownBy(() -> backups.delete(first.id()))
        .isInstanceOfSatisfying(
            KindredException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.BACKUP_NOT_FOUND));
    backups.delete(second.id());
    assertThat(BackupFixture.files(place)).isEmpty();
  }

  @Test
  void noFileIsDeletedWhileABackupIsMadeNorTheOtherWayRound() {
    BackupFixture.fill(store);
    BackupManifest first = create();
    KindredException[] refusal = new KindredException[1];
    Progress progress =
        new Progress(
            status -> {
              if (refusal[0] == null) {
                try {
                  backups.delete(first.id());
                } catch (KindredException e) {
                  refusal[0] = e;
                }
              }
            });
    put(store.table("users"), 50, 60);

    backups.create(store, List.of(), progress);

    assertThat(refusal[0].code()).isEqualTo(ErrorCode.BACKUP_CONFLICT);
    assertThat(refusal[0]).hasMessageContaining("is under way");
    assertThat(backups.list()).hasSize(2);
    assertThat(backups.delete(first.id()).filesDeleted()).isPositive();
  }

  @Test
  void aFileOfTheStoreThatIsDamagedIsNamedAndThereIsNoBackup() throws Exception {
    BackupFixture.fill(store);
    store.checkpoint();
    Path rows =
        BackupFixture.files(data).stream()
            .filter(file -> file.toString().endsWith(".rows"))
            .findFirst()
            .map(data::resolve)
            .orElseThrow();
    byte[] whole = Files.readAllBytes(rows);
    byte[] damaged = whole.clone();
    damaged[100] ^= 4;
    Files.write(rows, damaged);
    try {
      assertThatThrownBy(this::create)
          .isInstanceOfSatisfying(
              KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
          .hasMessageContaining(rows.toString());
      assertThat(backups.list()).isEmpty();
    } finally {
      Files.write(rows, whole);
    }
  }
}
