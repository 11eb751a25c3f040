package io.kindred.engine.store;

import io.kindred.engine.catalog.CatalogFile;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.log.LocalLog;
import io.kindred.engine.shard.ShardImage;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A data directory in the making, out of files of another store. Owned by one thread.
public final class RestoredStore {
  private final StoreFiles files;

  public RestoredStore(Disk disk, Path directory) {
    this.files = new StoreFiles(disk, directory);
  }

  /// A table whose shards' files are there.
  public record Table(TableEntry entry, List<ShardImage> shards) {}

  /// Keeps other processes out.
  public interface Lock extends AutoCloseable {
    @Override
    void close();
  }

  /// @throws io.kindred.engine.KindredException `STORAGE_UNAVAILABLE` where somebody has it
  public Lock lock() {
    return new DirectoryLock(files.disk().lock(files.directory()))::close;
  }

  public Path directory() {
    return files.directory();
  }

  /// Where the files of a shard belong.
  public Path shard(TableEntry table, int number) {
    return files.shard(table, number);
  }

  /// Deletes the files of shards that are not to be kept, and the directories of other tables, as
  /// an earlier attempt may have left them.
  public void deleteAllBut(List<TableEntry> tables, Set<Path> kept) {
    Set<Path> known = new HashSet<>();
    for (TableEntry table : tables) {
      known.add(files.table(table));
    }
    for (Path name : files.disk().list(files.tables())) {
      Path table = files.tables().resolve(name.getFileName());
      if (!known.contains(table)) {
        OpenTable.delete(files.disk(), table);
      } else {
        OpenTable.deleteAllBut(files.disk(), table, kept);
      }
    }
  }

  /// Makes the files count: a manifest for each shard, a new log that goes on behind the position,
  /// and the catalog.
  ///
  /// @return the id of the log
  public long commit(long position, List<Table> tables) {
    long logId = LocalLog.beginAfter(files.disk(), files.log(), position);
    for (Table table : tables) {
      for (int number = 0; number < table.shards().size(); number++) {
        table.shards().get(number).commit(files.disk(), files.shard(table.entry(), number), logId);
      }
    }
    List<TableEntry> entries = tables.stream().map(Table::entry).toList();
    new CatalogFile(logId, position + 1, position, entries).write(files.disk(), files.directory());
    return logId;
  }

  /// What the directory of a restored store holds.
  public static StoreReport report(Disk disk, Path directory) {
    return StoreInspector.inspect(directory, disk);
  }

  /// Deletes the directory with all that a store has in one.
  public void delete() {
    Disk disk = files.disk();
    for (Path name : disk.list(files.tables())) {
      OpenTable.delete(disk, files.tables().resolve(name.getFileName()));
    }
    for (Path name : disk.list(files.log())) {
      disk.delete(files.log().resolve(name.getFileName()));
    }
    for (Path name : disk.list(files.directory())) {
      disk.delete(files.directory().resolve(name.getFileName()));
    }
    disk.delete(files.directory());
  }
}
