package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.backup.BackupManifest.BackupShard;
import io.kindred.engine.backup.BackupManifest.BackupTable;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.store.RestoredStore;
import io.kindred.engine.store.StoreReport;
import io.kindred.engine.store.StoreVerifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes a data directory from a backup. Owned by one thread, for one run.
///
/// Files are gathered in a directory beside the new one, checked byte by byte on the way, and then
/// all of it is checked as `verify` does. Only then is it renamed, as one step. So the new
/// directory is whole or absent, whatever the backup holds and whenever the process ends.
public final class Restore {
  private static final Logger LOG = LoggerFactory.getLogger(Restore.class);
  private static final String UNFINISHED_SUFFIX = ".restoring";

  private final ObjectStore objects;
  private final Disk disk;
  private final BackupManifest manifest;
  private final Progress progress;
  private final GatheredFiles files;

  Restore(ObjectStore objects, Disk disk, BackupManifest manifest, Progress progress) {
    this.objects = objects;
    this.disk = disk;
    this.manifest = manifest;
    this.progress = progress;
    this.files = new GatheredFiles(objects, disk, progress);
  }

  /// What to restore, and where to. Immutable.
  ///
  /// @param directory absent or empty
  /// @param table the only table to restore, or null for all
  /// @param newName what that table is called from then on, or null for its old name
  public record Target(Path directory, @Nullable String table, @Nullable String newName) {
    public Target {
      if (newName != null && table == null) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT, "new name", newName, "with the one table that gets it");
      }
    }

    /// All tables.
    public static Target of(Path directory) {
      return new Target(directory, null, null);
    }
  }

  /// What was restored. Immutable.
  ///
  /// @param logId of the new directory's log, which goes on behind the backup's position
  public record Restored(
      BackupManifest manifest, long logId, StoreReport report, Progress.Status copied) {}

  /// Restores.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where the directory is not empty;
  ///   `TABLE_NOT_FOUND`; `CORRUPT` where anything of the backup is damaged or cannot be, naming
  ///   it: nothing is restored then; `STORAGE_UNAVAILABLE` where place or disk refuse: run it
  ///   again, and it goes on from there
  Restored run(Target target) {
    Path directory = target.directory().toAbsolutePath().normalize();
    Path name = directory.getFileName();
    if (name == null || !disk.list(directory).isEmpty()) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "directory", directory, "a new or an empty directory");
    }
    List<BackupTable> tables = chosen(target);
    Path unfinished = directory.resolveSibling(name + UNFINISHED_SUFFIX);
    RestoredStore store = new RestoredStore(disk, unfinished);
    disk.createDirectories(unfinished);
    try {
      try (RestoredStore.Lock _ = store.lock()) {
        gather(store, tables);
      }
      long logId = store.commit(manifest.position(), entries(tables));
      StoreReport report = verified(unfinished, tables);
      disk.rename(unfinished, directory);
      LOG.info(
          "restored id={} place={} directory={} tables={} position={}",
          manifest.id(),
          objects.place(),
          directory,
          tables.size(),
          manifest.position());
      return new Restored(manifest, logId, report, progress.status());
    } catch (KindredException e) {
      if (e.code() == ErrorCode.CORRUPT) {
        deleteAfter(e, store);
      }
      throw e;
    }
  }

  private static void deleteAfter(KindredException cause, RestoredStore store) {
    try {
      store.delete();
    } catch (KindredException e) {
      cause.addSuppressed(e);
    }
  }

  private List<BackupTable> chosen(Target target) {
    if (target.table() == null) {
      return manifest.tables();
    }
    BackupTable table = manifest.table(target.table());
    return List.of(target.newName() == null ? table : table.withName(target.newName()));
  }

  private void gather(RestoredStore store, List<BackupTable> tables) {
    List<GatheredFiles.Wanted> wanted = new ArrayList<>();
    List<TableEntry> entries = new ArrayList<>();
    for (BackupTable table : tables) {
      entries.add(table.entry());
      for (int number = 0; number < table.shards().size(); number++) {
        Path shard = store.shard(table.entry(), number);
        wanted.addAll(GatheredFiles.wanted(shard, table.shards().get(number)));
      }
    }
    store.deleteAllBut(entries, GatheredFiles.paths(wanted));
    files.gather(wanted, missing -> requireRoom(store.directory(), missing));
  }

  private void requireRoom(Path directory, long missing) {
    long free = disk.freeBytes(directory);
    if (missing > free) {
      throw new KindredException(
          ErrorCode.STORAGE_UNAVAILABLE,
          "%s: %d bytes free (expected: %d, for the files of backup %s)"
              .formatted(directory, free, missing, manifest.id()));
    }
  }

  private static List<RestoredStore.Table> entries(List<BackupTable> tables) {
    return tables.stream()
        .map(
            table ->
                new RestoredStore.Table(
                    table.entry(), table.shards().stream().map(BackupShard::image).toList()))
        .toList();
  }

  /// Checks all that was restored, as what it will be opened as.
  private StoreReport verified(Path directory, List<BackupTable> tables) {
    progress.begin(Progress.Step.CHECKING, progress.status().filesTotal(), 0);
    try {
      List<StoreVerifier.Problem> problems = StoreVerifier.verify(directory, disk, line -> {});
      if (!problems.isEmpty()) {
        throw refused(problems.getFirst().toString());
      }
      StoreReport report = RestoredStore.report(disk, directory);
      for (int i = 0; i < tables.size(); i++) {
        String name = tables.get(i).name();
        long rows =
            report.tables().stream()
                .filter(table -> table.spec().name().equals(name))
                .mapToLong(StoreReport.TableReport::rows)
                .sum();
        if (rows != tables.get(i).rowCount()) {
          throw refused(
              "table %s has %d rows (expected: %d)"
                  .formatted(name, rows, tables.get(i).rowCount()));
        }
      }
      return report;
    } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException e) {
      throw (KindredException) refused(String.valueOf(e)).initCause(e);
    }
  }

  private KindredException refused(String what) {
    return new KindredException(
        ErrorCode.CORRUPT,
        "backup %s of %s is refused, nothing was restored: %s"
            .formatted(manifest.id(), objects.place(), what));
  }
}
