package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.catalog.Catalog;
import io.kindred.engine.catalog.CatalogChange;
import io.kindred.engine.catalog.CatalogFile;
import io.kindred.engine.catalog.CatalogOutcome;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.log.Log;
import io.kindred.engine.shard.LogBounds;
import io.kindred.engine.shard.Shard;
import io.kindred.engine.shard.ShardSnapshot;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The catalog with its open tables and its file. Tables are looked up by any thread, without lock;
/// the catalog changes on the applying thread.
final class TableRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(TableRegistry.class);

  private static final Duration RETRY = Duration.ofMillis(200);

  private final Disk disk;
  private final Path directory;
  private final LogBounds log;
  private final TableOpener opener;
  private final Catalog catalog;
  private final Map<Long, OpenTable> byId = new ConcurrentHashMap<>();
  private final Map<String, OpenTable> byName = new ConcurrentHashMap<>();

  /// Guards the catalog and its file.
  private final Object fileLock = new Object();

  /// Tables whose files are not all deleted yet. Guarded by the file lock.
  private final List<OpenTable> dropped = new ArrayList<>();

  /// Snapshots that hold files of a table, by its id. A dropped one's files stay until the last.
  private final Map<Long, Integer> held = new HashMap<>();

  private long logStart;

  /// Whether the log was replayed: from then on a table that is created has to open.
  private boolean isLive;

  private boolean isClosing;

  /// Whether the catalog has changes that its file lacks, as the disk refused; the log has them.
  private boolean isFileBehind;

  /// Reads the catalog file, if there is one.
  ///
  /// @throws KindredException `CORRUPT` where it is damaged or belongs to another log
  TableRegistry(Disk disk, Path directory, Log log, TableOpener opener) {
    this.disk = disk;
    this.directory = directory;
    this.opener = opener;
    if (disk.exists(CatalogFile.file(directory))) {
      CatalogFile file = CatalogFile.read(disk, directory);
      requireThisLog(file, log);
      this.catalog = file.toCatalog();
      this.logStart = file.logStart();
    } else {
      if (log.oldestPosition() > 1) {
        throw corrupt("missing", "the catalog of the store");
      }
      this.catalog = new Catalog();
      this.logStart = 1;
    }
    this.log = new LogBounds(log.id(), logStart, log.committedPosition());
  }

  private void requireThisLog(CatalogFile file, Log log) {
    if (file.logId() != log.id()) {
      throw corrupt(
          "of log %016x".formatted(file.logId()),
          "%016x, the log in %s".formatted(log.id(), directory.resolve("log")));
    }
    if (file.appliedPosition() > log.committedPosition()) {
      throw corrupt(
          "position " + file.appliedPosition(),
          "at most %d, where the log in %s ends"
              .formatted(log.committedPosition(), directory.resolve("log")));
    }
  }

  private KindredException corrupt(String found, String expected) {
    return new KindredException(
        ErrorCode.CORRUPT,
        "%s: %s (expected: %s; restore the data directory from a backup)"
            .formatted(CatalogFile.file(directory), found, expected));
  }

  /// The log must hold every record from here on.
  long logStart() {
    synchronized (fileLock) {
      return logStart;
    }
  }

  /// Opens all tables of the catalog.
  void openAll() {
    synchronized (fileLock) {
      catalog.tables().forEach(entry -> register(opener.open(entry, log)));
    }
  }

  private void register(OpenTable table) {
    byId.put(table.entry().id(), table);
    byName.put(table.name(), table);
  }

  @Nullable OpenTable find(long id) {
    return byId.get(id);
  }

  @Nullable OpenTable find(String name) {
    return byName.get(name);
  }

  /// All open tables, by name.
  List<OpenTable> sorted() {
    return byName.values().stream().sorted(Comparator.comparing(OpenTable::name)).toList();
  }

  Collection<OpenTable> all() {
    return byId.values();
  }

  /// A change as the log has it.
  record Timed(long position, long timestampMillis, CatalogChange change) {}

  /// Applies a change and makes it durable before anyone hears of it.
  ///
  /// @param prepared the opened table that the change makes, or null
  /// @return null where the catalog file already holds it
  @Nullable CatalogOutcome apply(Timed record, @Nullable PreparedTable prepared) {
    CatalogOutcome outcome;
    synchronized (fileLock) {
      if (record.position() <= catalog.appliedPosition()) {
        return null;
      }
      outcome = catalog.apply(record.position(), record.timestampMillis(), record.change());
      if (outcome instanceof CatalogOutcome.Created(TableEntry entry)) {
        register(prepared == null ? openCreated(entry) : prepared.take(entry));
      }
      tryWriteFile();
      if (outcome instanceof CatalogOutcome.Dropped(TableEntry entry)) {
        drop(entry);
      }
    }
    return outcome;
  }

  /// The log has the table: where the disk refuses or memory is short just now, it is tried again
  /// until it opens. A start that replays the log fails instead, for a person to see.
  private OpenTable openCreated(TableEntry entry) {
    synchronized (fileLock) {
      boolean isTold = false;
      while (true) {
        try {
          return opener.open(entry, log);
        } catch (KindredException e) {
          boolean mayPass =
              e.code() == ErrorCode.STORAGE_UNAVAILABLE || e.code() == ErrorCode.OVERLOADED;
          if (!mayPass || !isLive || isClosing) {
            throw e;
          }
          if (!isTold) {
            LOG.warn("table {} not made yet, tried again: {}", entry.spec().name(), e.getMessage());
            isTold = true;
          }
          awaitRetry(e);
        }
      }
    }
  }

  private void awaitRetry(KindredException cause) {
    try {
      long end = System.nanoTime() + RETRY.toNanos();
      long nanosLeft = RETRY.toNanos();
      while (!isClosing && nanosLeft > 0) {
        fileLock.wait(nanosLeft / 1_000_000, (int) (nanosLeft % 1_000_000));
        nanosLeft = end - System.nanoTime();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      cause.addSuppressed(e);
      throw cause;
    }
  }

  /// A disk that refuses must not stop the store: the change is in the log, which keeps it until
  /// the file has it.
  private void tryWriteFile() {
    try {
      writeFile(logStart);
    } catch (KindredException e) {
      isFileBehind = true;
      LOG.warn("catalog not written, tried again at the next checkpoint: {}", e.getMessage());
    }
  }

  private void drop(TableEntry entry) {
    OpenTable table = byId.remove(entry.id());
    if (table == null) {
      return;
    }
    byName.remove(table.name(), table);
    table.close();
    dropped.add(table);
    deleteDropped();
  }

  /// Deletes the files of dropped tables, and keeps in mind those that a snapshot holds, that may
  /// still get some from a fold or checkpoint under way, or that the disk refused to delete.
  private void deleteDropped() {
    if (!isFileBehind) { // Else the file still names them.
      dropped.removeIf(table -> !held.containsKey(table.entry().id()) && tryDelete(table));
    }
    if (dropped.size() > Limits.TABLES_MAX) {
      dropped.removeFirst(); // The next start deletes what is left of it.
    }
  }

  private boolean tryDelete(OpenTable table) {
    boolean isStill = table.shards().stream().noneMatch(Shard::isAtWork);
    try {
      OpenTable.delete(disk, table.directory());
      return isStill;
    } catch (KindredException e) {
      LOG.warn("files of a dropped table are left until the next checkpoint: {}", e.getMessage());
      return false;
    }
  }

  /// Holds tables as of one position of the log. Nothing is applied to them meanwhile.
  ///
  /// @param names empty for all tables
  /// @param applied up to here everything was applied, to any table
  /// @throws KindredException `TABLE_NOT_FOUND`, naming the table
  StoreSnapshot snapshot(Collection<String> names, LongSupplier applied, long takenAtMillis) {
    synchronized (fileLock) {
      List<OpenTable> chosen = names.isEmpty() ? sorted() : names.stream().map(this::get).toList();
      List<StoreSnapshot.HeldTable> tables = new ArrayList<>();
      for (OpenTable table : chosen) {
        held.merge(table.entry().id(), 1, Integer::sum);
        tables.add(new StoreSnapshot.HeldTable(table, new ArrayList<>()));
      }
      try {
        long position = hold(tables, applied);
        return new StoreSnapshot(this, log.id(), position, takenAtMillis, tables);
      } catch (RuntimeException e) {
        tables.forEach(this::release);
        throw e;
      }
    }
  }

  /// @return the last position that the tables hold
  private long hold(List<StoreSnapshot.HeldTable> tables, LongSupplier applied) {
    List<Shard> shards = tables.stream().flatMap(held -> held.table().shards().stream()).toList();
    return Shard.whileUnchanged(
        shards,
        () -> {
          // A shard may be one record ahead of what is known as applied.
          long position = Math.max(applied.getAsLong(), catalog.appliedPosition());
          for (StoreSnapshot.HeldTable table : tables) {
            for (Shard shard : table.table().shards()) {
              ShardSnapshot snapshot = shard.snapshot();
              table.shards().add(snapshot);
              position = Math.max(position, snapshot.position());
            }
          }
          return position;
        });
  }

  private OpenTable get(String name) {
    OpenTable table = byName.get(name);
    if (table == null) {
      throw new KindredException(
          ErrorCode.TABLE_NOT_FOUND, "table: " + name + " (expected: an existing table)");
    }
    return table;
  }

  /// Lets go of a table of a snapshot; if it was dropped meanwhile, its files are deleted.
  void release(StoreSnapshot.HeldTable table) {
    table.shards().forEach(ShardSnapshot::close);
    synchronized (fileLock) {
      long id = table.table().entry().id();
      if (held.merge(id, -1, TableRegistry::sumOrNone) == null) {
        deleteDropped();
      }
    }
  }

  private static @Nullable Integer sumOrNone(Integer count, Integer change) {
    int sum = count + change;
    return sum == 0 ? null : sum;
  }

  /// Checks that no shard's files are ahead of the log.
  ///
  /// @throws KindredException `CORRUPT`, naming the shard's directory
  void requireWithin(long committedPosition) {
    for (OpenTable table : byId.values()) {
      for (Shard shard : table.shards()) {
        if (shard.checkpointPosition() > committedPosition) {
          throw new KindredException(
              ErrorCode.CORRUPT,
              "%s: files at position %d (expected: at most %d, the end of the log; restore the log)"
                  .formatted(table.directory(), shard.checkpointPosition(), committedPosition));
        }
      }
    }
  }

  /// Moves the start of the log up to what the shards still need.
  ///
  /// @param appliedPosition everything up to here has been applied to the shards
  /// @return the first position that is still needed
  long advanceLogStart(long appliedPosition) {
    long needed = appliedPosition + 1;
    for (OpenTable table : byId.values()) {
      for (Shard shard : table.shards()) {
        if (shard.isDirty()) {
          needed = Math.min(needed, shard.checkpointPosition() + 1);
        }
      }
    }
    synchronized (fileLock) {
      if (needed > logStart || isFileBehind) {
        writeFile(Math.max(needed, logStart));
      }
      deleteDropped();
      return logStart;
    }
  }

  /// Checks the catalog's file.
  ///
  /// @param pace is told the bytes of each piece
  /// @throws KindredException `CORRUPT` where it is damaged
  void check(LongConsumer pace) {
    CatalogFile.check(disk, directory, pace);
  }

  /// Writes the catalog file.
  void save() {
    synchronized (fileLock) {
      writeFile(logStart);
    }
  }

  private void writeFile(long start) {
    new CatalogFile(log.id(), start, catalog.appliedPosition(), catalog.tables())
        .write(disk, directory);
    logStart = start;
    isFileBehind = false;
  }

  /// Deletes the directories of tables that are not in the catalog.
  void deleteUnknown() {
    opener.deleteUnknown(byId.values());
  }

  /// The log was replayed.
  void goLive() {
    synchronized (fileLock) {
      isLive = true;
    }
  }

  /// Lets changes that wait for a fold, the disk or memory give up soon.
  void beginClose() {
    synchronized (fileLock) {
      isClosing = true;
      fileLock.notifyAll();
    }
    byId.values().forEach(OpenTable::beginClose);
  }

  void close() {
    byId.values().forEach(OpenTable::close);
    byId.clear();
    byName.clear();
  }
}
