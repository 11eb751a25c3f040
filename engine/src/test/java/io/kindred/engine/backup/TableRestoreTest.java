package io.kindred.engine.backup;

import static io.kindred.engine.backup.BackupFixture.items;
import static io.kindred.engine.backup.BackupFixture.put;
import static io.kindred.engine.backup.BackupFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Budget;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.StoreInspector;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// One table of a backup comes back into the store that goes on, under another name.
@Timeout(120)
class TableRestoreTest {
  @TempDir Path directory;
  private Path data;
  private Path place;
  private Backups backups;
  private EmbeddedStore store;
  private String id;
  private Map<String, String> backedUp;

  @BeforeEach
  void makeBackup() {
    data = directory.resolve("data");
    place = directory.resolve("place");
    backups = new Backups(new DirectoryObjectStore(place));
    store = BackupFixture.open(data);
    BackupFixture.fill(store);
    backedUp = rows(store.table("items"));
    id = backups.create(store, List.of(), new Progress()).manifest().id();
    put(store.table("items"), 390, 420);
  }

  @AfterEach
  void closeStore() {
    store.close();
    BackupFixture.requireSound(data);
    assertThat(StoreInspector.inspect(data).leftovers()).isEmpty();
  }

  private Table restore(String table, String newName) {
    return restore(table, newName, new Progress());
  }

  private Table restore(String table, String newName, Progress progress) {
    return backups.restore(id, new Backups.IntoStore(store, table, newName), progress);
  }

  private void reopen() {
    store.close();
    BackupFixture.requireSound(data);
    store = BackupFixture.open(data);
  }

  /// Names of the directories of tables.
  private List<String> directories() throws IOException {
    try (Stream<Path> names = Files.list(data.resolve("tables"))) {
      return names.map(it -> it.getFileName().toString()).sorted().toList();
    }
  }

  private void assertRefused(ErrorCode code, String message, Runnable call) {
    assertThatThrownBy(call::run)
        .isInstanceOfSatisfying(KindredException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  @Test
  void aTableComesBackUnderAnotherNameAndTheStoreGoesOn() {
    Map<String, String> now = rows(store.table("items"));
    Table old = restore("items", "items-old");

    assertThat(rows(old)).isEqualTo(backedUp);
    assertThat(old.search(SearchRequest.of(new float[] {7, 1, 2, 3}, 3))).isNotNull();
    assertThat(rows(store.table("items"))).isEqualTo(now);
    put(old, 500, 520);
    old.fold();
    assertThat(old.info().rowCount()).isEqualTo(backedUp.size() + 20);
    assertThat(store.tables()).hasSize(3);
    Map<String, String> written = rows(old);

    reopen();
    assertThat(rows(store.table("items-old"))).isEqualTo(written);
    assertThat(rows(store.table("items"))).isEqualTo(now);
  }

  @Test
  void aRestoredTableIsThereAfterARestartWithoutACheckpoint() throws IOException {
    Table old = restore("items", "items-old");
    put(old, 500, 510);
    Map<String, String> written = rows(old);
    // The directory as a kill would leave it.
    Path copy = directory.resolve("copy");
    copy(data, copy);
    BackupFixture.requireSound(copy);
    assertThat(rows(copy, "items-old")).isEqualTo(written);
  }

  private static void copy(Path from, Path to) throws IOException {
    for (Path file : BackupFixture.files(from)) {
      Path target = to.resolve(file);
      Files.createDirectories(target.getParent());
      Files.copy(from.resolve(file), target);
    }
  }

  /// What `items` was asked before is nothing that `items-old` has done.
  @Test
  void operationsOfTheBackedUpTableAreNotThoseOfTheNewOne() {
    Table old = restore("items", "items-old");
    Row other = Row.of(Key.of("row-0"), Map.of(), Map.of(), Map.of());
    long before = old.get(Key.of("row-0"), Projection.KEY).orElseThrow().version();
    old.write(new Mutation.Put(List.of(other), new Origin.Operation("put-0-300"))).join();
    assertThat(old.get(Key.of("row-0"), Projection.KEY).orElseThrow().version())
        .isGreaterThan(before);
  }

  @Test
  void aDroppedTableComesBackUnderItsOwnName() throws IOException {
    store.dropTable("items");
    List<String> others = directories();
    assertThat(rows(restore("items", "items"))).isEqualTo(backedUp);
    store.dropTable("items");
    assertThat(directories()).isEqualTo(others);
    assertThat(rows(restore("items", "items"))).isEqualTo(backedUp);
    reopen();
    assertThat(rows(store.table("items"))).isEqualTo(backedUp);
  }

  @Test
  void aRestoredTableIsBackedUpLikeAnyOther() {
    restore("items", "items-old");
    String second = backups.create(store, List.of(), new Progress()).manifest().id();
    Path target = directory.resolve("restored");
    backups.restore(second, Restore.Target.of(target), new Progress());
    BackupFixture.requireSound(target);
    assertThat(rows(target, "items-old")).isEqualTo(backedUp);
    Table third =
        backups.restore(
            second, new Backups.IntoStore(store, "items-old", "items-older"), new Progress());
    assertThat(rows(third)).isEqualTo(backedUp);
  }

  @Test
  void whatCannotBeRestoredLeavesNothing() throws IOException {
    List<String> before = directories();
    assertRefused(ErrorCode.TABLE_EXISTS, "table: users", () -> restore("items", "users"));
    assertRefused(ErrorCode.TABLE_NOT_FOUND, "table: none", () -> restore("none", "other"));
    assertRefused(ErrorCode.INVALID_ARGUMENT, "name: ../x", () -> restore("items", "../x"));
    assertThat(directories()).isEqualTo(before);
  }

  @Test
  void aNameThatIsTakenMeanwhileIsRefusedAndTheFilesAreDeleted() throws IOException {
    Consumer<Progress.Status> taking =
        status -> {
          if (status.step() == Progress.Step.CHECKING) {
            store.createTable(items("items-old"));
          }
        };
    assertRefused(
        ErrorCode.TABLE_EXISTS,
        "table: items-old",
        () -> restore("items", "items-old", new Progress(taking)));
    assertThat(store.table("items-old").info().rowCount()).isZero();
    assertThat(directories()).noneMatch(it -> it.startsWith("rest"));
  }

  @Test
  void anInterruptedRestoreLeavesNoTableAndTheNextOneGoesOnFromThere() throws IOException {
    Progress[] progress = new Progress[1];
    progress[0] =
        new Progress(
            status -> {
              if (status.filesDone() == 5) {
                progress[0].cancel();
              }
            });
    assertRefused(
        ErrorCode.NOT_READY, "cancelled", () -> restore("items", "items-old", progress[0]));
    assertThat(store.tables()).hasSize(2);

    Progress again = new Progress();
    assertThat(rows(restore("items", "items-old", again))).isEqualTo(backedUp);
    assertThat(again.status().bytesCopied())
        .isPositive()
        .isLessThan(backups.read(id).table("items").sizeBytes());
    assertThat(directories()).noneMatch(it -> it.startsWith("restoring"));
  }

  @Test
  void theNextStartDeletesWhatAnInterruptedRestoreHasLeft() throws IOException {
    Progress progress = new Progress();
    progress.cancel();
    assertRefused(ErrorCode.NOT_READY, "cancelled", () -> restore("items", "old", progress));
    Files.createDirectories(data.resolve("tables/restored-00000000000000aa/v1-shard-00"));
    reopen();
    assertThat(directories()).noneMatch(it -> it.startsWith("rest"));
  }

  @Test
  void aDamagedBackupIsRefusedByNameAndLeavesNothing() throws IOException {
    List<String> before = directories();
    for (Path file : BackupFixture.files(place.resolve("files"))) {
      Path object = place.resolve("files").resolve(file);
      byte[] whole = Files.readAllBytes(object);
      byte[] altered = whole.clone();
      altered[altered.length / 2] ^= 4;
      Files.write(object, altered);
      boolean isOfItems =
          backups.read(id).table("items").shards().stream()
              .flatMap(shard -> shard.files().stream())
              .anyMatch(it -> it.objectName().endsWith(file.toString()));
      if (isOfItems) {
        assertRefused(ErrorCode.CORRUPT, file.toString(), () -> restore("items", "items-old"));
        assertThat(directories()).isEqualTo(before);
      }
      Files.write(object, whole);
    }
    assertThat(rows(restore("items", "items-old"))).isEqualTo(backedUp);
  }

  /// A row's version is the position of its last change, and never falls.
  @Test
  void aBackupThatIsAheadOfTheStoresLogIsRefused() {
    Path other = directory.resolve("other");
    try (EmbeddedStore young = BackupFixture.open(other)) {
      assertRefused(
          ErrorCode.UNSUPPORTED,
          "position of the backup",
          () ->
              backups.restore(id, new Backups.IntoStore(young, "items", "items"), new Progress()));
      assertThat(young.tables()).isEmpty();
    }
  }

  @Test
  void aTableThatTheMemoryBudgetHasNoRoomForIsRefused() throws IOException {
    store.close();
    List<String> before = directories();
    Budget small = Budget.DEFAULT.withMemoryBytes(Budget.MEMORY_BYTES_MIN);
    StoreOptions options = StoreOptions.at(data).withBudget(small);
    store = EmbeddedStore.open(options);
    long used = store.health().memory().usedBytes();
    int count = 0;
    while (used < Budget.MEMORY_BYTES_MIN && count < 1_000) {
      try {
        restore("items", "items-" + count++);
        used = store.health().memory().usedBytes();
      } catch (KindredException e) {
        assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
        assertThat(e).hasMessageContaining("memory of process").hasMessageContaining("items-");
        count = 1_000;
      }
    }
    assertThat(count).as("refused").isEqualTo(1_000);
    assertThat(directories().stream().filter(it -> it.startsWith("restored")))
        .hasSize(store.tables().size() - before.size());
  }

  @Test
  void aRestoredTableWhoseManifestIsMissingIsNotTakenForNew() throws IOException {
    restore("items", "items-old");
    store.close();
    Path restored =
        data.resolve("tables")
            .resolve(
                directories().stream()
                    .filter(it -> it.startsWith("restored"))
                    .findFirst()
                    .orElseThrow());
    Path manifest = restored.resolve("v1-shard-01/MANIFEST");
    byte[] content = Files.readAllBytes(manifest);
    Files.delete(manifest);
    assertRefused(ErrorCode.CORRUPT, manifest.toString(), () -> BackupFixture.open(data).close());
    Files.write(manifest, content);
    store = BackupFixture.open(data);
    assertThat(rows(store.table("items-old"))).isEqualTo(backedUp);
  }
}
