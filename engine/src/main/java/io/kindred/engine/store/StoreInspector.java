package io.kindred.engine.store;

import io.kindred.engine.KindredException;
import io.kindred.engine.catalog.CatalogFile;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.log.LocalLog;
import io.kindred.engine.shard.ShardFiles;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/// Looks into the files of a store that is not open. Changes nothing; stateless.
public final class StoreInspector {
  private StoreInspector() {}

  /// Reports what a directory holds, and takes its lock meanwhile.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where the directory holds no store,
  ///   `STORAGE_UNAVAILABLE` where the store is open, `CORRUPT` where a file is damaged, naming it
  public static StoreReport inspect(Path directory) {
    return inspect(directory, new FileDisk());
  }

  static StoreReport inspect(Path directory, Disk disk) {
    StoreFiles files = new StoreFiles(disk, directory);
    try (DirectoryLock _ = new DirectoryLock(files.lock())) {
      return report(files);
    }
  }

  private static StoreReport report(StoreFiles files) {
    LocalLog.Verified log = LocalLog.verify(files.disk(), files.log());
    CatalogFile catalog =
        files.disk().exists(files.catalog())
            ? CatalogFile.read(files.disk(), files.directory())
            : new CatalogFile(log.logId(), 1, 0, List.of());
    List<StoreReport.TableReport> tables = new ArrayList<>();
    List<Path> leftovers = new ArrayList<>(unknownTables(files, catalog));
    for (TableEntry table : catalog.tables()) {
      List<ShardFiles.Contents> shards = new ArrayList<>();
      for (ShardFiles shard : files.shards(table)) {
        shards.add(shard.contents());
        leftovers.addAll(shard.leftovers());
      }
      tables.add(
          new StoreReport.TableReport(
              table.spec(),
              table.id(),
              table.revision(),
              Instant.ofEpochMilli(table.createdAtMillis()),
              table.version(),
              shards));
    }
    return new StoreReport(
        files.directory(),
        files.disk().freeBytes(files.directory()),
        logReport(log, catalog),
        tables,
        leftovers);
  }

  private static StoreReport.LogReport logReport(LocalLog.Verified log, CatalogFile catalog) {
    return new StoreReport.LogReport(
        log.logId(),
        catalog.logStart(),
        log.oldestPosition(),
        log.lastPosition(),
        log.sizeBytes(),
        log.tornBytes());
  }

  private static List<Path> unknownTables(StoreFiles files, CatalogFile catalog) {
    Set<Path> known = catalog.tables().stream().map(files::table).collect(Collectors.toSet());
    List<Path> unknown = new ArrayList<>();
    for (Path entry : files.disk().list(files.tables())) {
      Path table = files.tables().resolve(entry.getFileName());
      if (!known.contains(table)) {
        unknown.add(table);
      }
    }
    return unknown;
  }
}
