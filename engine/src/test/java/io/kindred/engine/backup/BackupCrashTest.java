package io.kindred.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.StoreInspector;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process in the middle of a backup and in the middle of a restore: there is none then,
/// and what it had copied is not copied again.
@Timeout(180)
class BackupCrashTest {
  @TempDir Path directory;
  private Path data;
  private Path place;
  private Backups backups;
  private Map<String, String> items = Map.of();

  @BeforeEach
  void makeStore() {
    data = directory.resolve("data");
    place = directory.resolve("place");
    backups = new Backups(new DirectoryObjectStore(place));
    try (EmbeddedStore store = BackupFixture.open(data)) {
      BackupFixture.fill(store);
      items = BackupFixture.rows(store.table("items"));
    }
  }

  /// Runs a child until it is in the middle of the file behind so many, and kills it.
  private void killBehind(int files, String what, Path directory) throws Exception {
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                BackupChild.class.getName(),
                what,
                directory.toString(),
                place.toString(),
                Integer.toString(files))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      assertThat(output.readLine()).isEqualTo("reached");
      child.toHandle().destroyForcibly();
      assertThat(output.readLine()).isNull();
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as("killed, not ended").isNotZero();
  }

  @Test
  void aBackupThatWasKilledIsNoneAndTheNextOneGoesOnFromThere() throws Exception {
    killBehind(9, "create", data);

    assertThat(backups.list()).isEmpty();
    BackupFixture.requireSound(data);
    try (EmbeddedStore store = BackupFixture.open(data)) {
      Backups.Created created = backups.create(store, List.of(), new Progress());
      // The store was closed with its checkpoints written: all of its files are as they were.
      assertThat(created.filesCopied()).isEqualTo(created.manifest().objectNames().size() - 9);
      Path target = directory.resolve("restored");
      backups.restore(created.manifest().id(), Restore.Target.of(target), new Progress());
      assertThat(BackupFixture.rows(target, "items")).isEqualTo(items);
      // What the killed one left goes with the first backup that is deleted.
      assertThat(BackupFixture.files(place.resolve("files")))
          .hasSizeGreaterThan(created.manifest().objectNames().size());
      backups.delete(created.manifest().id());
      assertThat(BackupFixture.files(place.resolve("files"))).isEmpty();
    }
    assertThat(StoreInspector.inspect(data).leftovers()).isEmpty();
  }

  @Test
  void aTableWhoseRestoreWasKilledIsNotThereAndTheNextOneIs() throws Exception {
    try (EmbeddedStore store = BackupFixture.open(data)) {
      backups.create(store, List.of(), new Progress());
    }

    killBehind(7, "items-old", data);

    BackupFixture.requireSound(data);
    try (EmbeddedStore store = BackupFixture.open(data)) {
      assertThat(store.tables()).hasSize(2);
      var target = new Backups.IntoStore(store, "items", "items-old");
      Table restored = backups.restore(backups.newest(), target, new Progress());
      assertThat(BackupFixture.rows(restored)).isEqualTo(items);
    }
    assertThat(BackupFixture.rows(data, "items-old")).isEqualTo(items);
    BackupFixture.requireSound(data);
    assertThat(StoreInspector.inspect(data).leftovers()).isEmpty();
  }

  @Test
  void aRestoreThatWasKilledIsNoneAndTheNextOneGoesOnFromThere() throws Exception {
    BackupManifest manifest;
    try (EmbeddedStore store = BackupFixture.open(data)) {
      manifest = backups.create(store, List.of(), new Progress()).manifest();
    }
    Path target = directory.resolve("restored");

    killBehind(11, "restore", target);

    assertThat(target).doesNotExist();
    Progress progress = new Progress();
    Restore.Restored restored = backups.restore(manifest.id(), Restore.Target.of(target), progress);
    assertThat(restored.copied().bytesCopied()).isPositive().isLessThan(manifest.sizeBytes());
    assertThat(BackupFixture.rows(target, "items")).isEqualTo(items);
    BackupFixture.requireSound(target);
    assertThat(directory.resolve("restored.restoring")).doesNotExist();
  }
}
