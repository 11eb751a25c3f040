package io.kindred.engine.store;

import io.kindred.engine.StoreOptions;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.index.SearchContexts;
import io.kindred.engine.log.Log;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.LogBounds;
import io.kindred.engine.shard.Shard;
import io.kindred.engine.shard.ShardOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Opens the shards of tables, with all that they share. Thread-safe.
final class TableOpener implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(TableOpener.class);
  private static final int SEARCHES_AT_ONCE = 256;

  private final StoreOptions options;
  private final Disk disk;
  private final DiskSpace space;
  private final StoreFiles files;
  private final Log log;
  private final Maintenance maintenance;
  private final SearchContexts contexts = new SearchContexts(SEARCHES_AT_ONCE);
  private final ExecutorService reaping =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("kindred-reaper").daemon().factory());

  private final ExecutorService linking =
      Executors.newSingleThreadExecutor(
          Thread.ofPlatform().name("kindred-linker").daemon().factory());

  TableOpener(StoreOptions options, Disk disk, DiskSpace space, Log log, Maintenance maintenance) {
    this.space = space;
    this.maintenance = maintenance;
    this.options = options;
    this.disk = disk;
    this.log = log;
    this.files = new StoreFiles(disk, options.directory());
  }

  StoreFiles files() {
    return files;
  }

  SearchContexts contexts() {
    return contexts;
  }

  /// Opens all shards of a table, or none.
  OpenTable open(TableEntry entry, LogBounds bounds) {
    Schema schema = new Schema(entry.spec());
    List<Shard> shards = new ArrayList<>();
    try {
      for (int number = 0; number < entry.spec().shards(); number++) {
        shards.add(open(entry, schema, number, bounds));
      }
      return new OpenTable(entry, schema, files.table(entry), shards, new MeasuredRecalls());
    } catch (RuntimeException e) {
      shards.forEach(Shard::close);
      throw e;
    }
  }

  private Shard open(TableEntry entry, Schema schema, int number, LogBounds bounds) {
    ShardOptions shardOptions =
        new ShardOptions(
            disk,
            space,
            files.shard(entry, number),
            bounds,
            entry.firstPosition(),
            log::sync,
            Delta.Capacity.of(schema, options.deltaRowsMax(), options.deltaBytesMax()),
            options.buildThreads(),
            this::reap,
            linking,
            options.clock(),
            options.listener());
    String table = entry.spec().name();
    return Shard.open(
        table + "/" + number,
        schema,
        shardOptions,
        shard -> maintenance.requestFold(table, number, shard));
  }

  /// Frees memory on a thread of its own, or, for the last reads while the store is closed, here.
  private void reap(Runnable free) {
    try {
      reaping.execute(free);
    } catch (RejectedExecutionException e) {
      LOG.debug("freed by the last reader: the store is closed");
      free.run();
    }
  }

  /// Deletes the directories of tables that are not in the catalog.
  void deleteUnknown(Collection<OpenTable> known) {
    Set<Path> directories = known.stream().map(OpenTable::directory).collect(Collectors.toSet());
    for (Path name : disk.list(files.tables())) {
      Path directory = files.tables().resolve(name.getFileName());
      if (!directories.contains(directory)) {
        OpenTable.delete(disk, directory);
      }
    }
  }

  /// Frees what is left to free.
  @Override
  public void close() {
    linking.close();
    reaping.close();
  }
}
