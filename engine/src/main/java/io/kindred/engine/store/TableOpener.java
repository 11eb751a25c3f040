package io.kindred.engine.store;

import io.kindred.engine.StoreOptions;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.index.SearchContexts;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.Shard;
import io.kindred.engine.shard.ShardOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/// Opens the shards of tables, with all that they share. Thread-safe.
final class TableOpener implements AutoCloseable {
  private static final int SEARCHES_AT_ONCE = 256;

  private final StoreOptions options;
  private final Disk disk;
  private final StoreFiles files;
  private final long logId;
  private final Runnable logSync;
  private final Maintenance maintenance;
  private final SearchContexts contexts = new SearchContexts(SEARCHES_AT_ONCE);
  private final ExecutorService reaper =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("kindred-reaper").daemon().factory());

  TableOpener(StoreOptions options, Disk disk, StoreLog log, Maintenance maintenance) {
    this.maintenance = maintenance;
    this.options = options;
    this.disk = disk;
    this.files = new StoreFiles(disk, options.directory());
    this.logId = log.id();
    this.logSync = log.sync();
  }

  /// What shards need to know of the store's log.
  ///
  /// @param sync returns once every record survives a loss of power
  record StoreLog(long id, Runnable sync) {}

  SearchContexts contexts() {
    return contexts;
  }

  OpenTable open(TableEntry entry) {
    Schema schema = new Schema(entry.spec());
    List<Shard> shards = new ArrayList<>();
    for (int number = 0; number < entry.spec().shards(); number++) {
      ShardOptions shardOptions =
          new ShardOptions(
              disk,
              files.shard(entry, number),
              logId,
              logSync,
              Delta.Capacity.of(schema, options.deltaRowsMax(), options.deltaBytesMax()),
              options.buildThreads(),
              reaper,
              options.clock(),
              options.listener());
      String table = entry.spec().name();
      shards.add(
          Shard.open(
              table + "/" + number,
              schema,
              shardOptions,
              shard -> maintenance.requestFold(table, shard)));
    }
    return new OpenTable(entry, schema, files.table(entry.id()), shards);
  }

  /// Deletes the directories of tables that are not in the catalog.
  void deleteUnknown(Set<Long> known) {
    for (Path name : disk.list(files.tables())) {
      Path directory = files.tables().resolve(name.getFileName());
      boolean isKnown =
          known.stream().anyMatch(id -> directory.getFileName().toString().equals(id.toString()));
      if (!isKnown) {
        OpenTable.delete(disk, directory);
      }
    }
  }

  /// Frees what is left to free.
  @Override
  public void close() {
    reaper.close();
  }
}
