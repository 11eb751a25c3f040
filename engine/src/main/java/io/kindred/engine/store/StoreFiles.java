package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.catalog.CatalogFile;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.ShardFiles;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where the files of a store are. Immutable.
record StoreFiles(Disk disk, Path directory) {
  Path catalog() {
    return CatalogFile.file(directory);
  }

  Path log() {
    return directory.resolve("log");
  }

  /// Holds one directory for each table.
  Path tables() {
    return directory.resolve("tables");
  }

  /// The directory of a table, which holds one for each shard.
  Path table(TableEntry table) {
    return table.filesId() == 0
        ? tables().resolve(String.valueOf(table.id()))
        : restored(table.filesId());
  }

  /// The directory of a table that was made of files.
  Path restored(long filesId) {
    return tables().resolve("restored-%016x".formatted(filesId));
  }

  Path shard(TableEntry table, int number) {
    return shard(table(table), table.version(), number);
  }

  static Path shard(Path table, int version, int number) {
    return table.resolve("v%d-shard-%02d".formatted(version, number));
  }

  /// Takes the lock of a directory that holds a store.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where it holds none, `STORAGE_UNAVAILABLE` where
  ///   the store is open
  AutoCloseable lock() {
    if (!disk.exists(catalog()) && !disk.exists(log())) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "directory", directory, "the data directory of a store");
    }
    return disk.lock(directory);
  }

  List<ShardFiles> shards(TableEntry table) {
    Schema schema = new Schema(table.spec());
    List<ShardFiles> shards = new ArrayList<>();
    for (int number = 0; number < table.spec().shards(); number++) {
      shards.add(new ShardFiles(disk, shard(table, number), schema, number, table.firstPosition()));
    }
    return shards;
  }
}
