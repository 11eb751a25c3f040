package io.kindred.engine.store;

import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.Shard;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;

/// A table with its open shards. Immutable; the shards are thread-safe.
///
/// @param directory holds one directory for each shard
/// @param recalls what the recall monitor has measured
record OpenTable(
    TableEntry entry, Schema schema, Path directory, List<Shard> shards, MeasuredRecalls recalls) {
  OpenTable {
    shards = List.copyOf(shards);
  }

  String name() {
    return entry.spec().name();
  }

  /// The same shards as the table of another entry.
  OpenTable as(TableEntry other) {
    return new OpenTable(other, schema, directory, shards, recalls);
  }

  void beginClose() {
    shards.forEach(Shard::beginClose);
  }

  void close() {
    shards.forEach(Shard::close);
  }

  /// Deletes the files of a dropped table; files that are mapped stay readable until they are
  /// unmapped.
  static void delete(Disk disk, Path directory) {
    for (Path name : disk.list(directory)) {
      Path child = directory.resolve(name.getFileName());
      for (Path file : disk.list(child)) {
        disk.delete(child.resolve(file.getFileName()));
      }
      disk.delete(child);
    }
    disk.delete(directory);
  }

  /// Deletes files of a table that is not open, but for those that are kept.
  static void deleteAllBut(Disk disk, Path directory, Set<Path> kept) {
    for (Path name : disk.list(directory)) {
      Path shard = directory.resolve(name.getFileName());
      for (Path entry : disk.list(shard)) {
        Path file = shard.resolve(entry.getFileName());
        if (!kept.contains(file)) {
          disk.delete(file);
        }
      }
    }
  }
}
