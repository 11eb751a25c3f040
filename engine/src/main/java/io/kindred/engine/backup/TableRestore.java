package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Table;
import io.kindred.engine.backup.BackupManifest.BackupShard;
import io.kindred.engine.backup.BackupManifest.BackupTable;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.StagedTable;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings one table of a backup into a store that is open. Owned by one thread, for one run.
///
/// What was gathered by a run that the place or the disk cut short is of use to the next one, until
/// the store is opened again.
final class TableRestore {
  private static final Logger LOG = LoggerFactory.getLogger(TableRestore.class);

  private final ObjectStore objects;
  private final Disk disk;
  private final BackupManifest manifest;
  private final Progress progress;

  TableRestore(ObjectStore objects, Disk disk, BackupManifest manifest, Progress progress) {
    this.objects = objects;
    this.disk = disk;
    this.manifest = manifest;
    this.progress = progress;
  }

  /// @param name of the table in the backup
  /// @param newName what it is called in the store
  Table run(EmbeddedStore store, String name, String newName) {
    BackupTable table = manifest.table(name);
    StagedTable staged =
        store.stage(
            table.entry().spec().withName(newName),
            manifest.id() + "-" + table.entry().id(),
            manifest.position());
    try {
      gather(staged, table);
      progress.begin(Progress.Step.CHECKING, progress.status().filesTotal(), 0);
      Table restored = staged.commit(table.shards().stream().map(BackupShard::image).toList());
      LOG.info(
          "restored id={} place={} table={} as={} rows={}",
          manifest.id(),
          objects.place(),
          name,
          newName,
          table.rowCount());
      return restored;
    } catch (KindredException e) {
      boolean isWorthAnother =
          e.code() == ErrorCode.STORAGE_UNAVAILABLE || e.code() == ErrorCode.NOT_READY;
      if (!isWorthAnother) {
        deleteAfter(e, staged);
      }
      throw e.code() == ErrorCode.CORRUPT ? refused(e) : e;
    }
  }

  private KindredException refused(KindredException cause) {
    return new KindredException(
        ErrorCode.CORRUPT,
        "backup %s of %s is refused, nothing was restored: %s"
            .formatted(manifest.id(), objects.place(), cause.getMessage()),
        cause);
  }

  private void gather(StagedTable staged, BackupTable table) {
    List<GatheredFiles.Wanted> wanted = new ArrayList<>();
    for (int number = 0; number < table.shards().size(); number++) {
      wanted.addAll(GatheredFiles.wanted(staged.shard(number), table.shards().get(number)));
    }
    staged.deleteAllBut(GatheredFiles.paths(wanted));
    new GatheredFiles(objects, disk, progress).gather(wanted, staged::requireRoom);
  }

  private static void deleteAfter(KindredException cause, StagedTable staged) {
    try {
      staged.delete();
    } catch (KindredException e) {
      cause.addSuppressed(e);
    }
  }
}
