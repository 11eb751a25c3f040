package io.kindred.engine.store;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Token;
import io.kindred.engine.catalog.Catalog;
import io.kindred.engine.catalog.CatalogChange;
import io.kindred.engine.catalog.CatalogCodec;
import io.kindred.engine.catalog.CatalogFile;
import io.kindred.engine.catalog.CatalogOutcome;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.log.LocalLog;
import io.kindred.engine.log.Log;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.ChangeWriter;
import io.kindred.engine.shard.Outcome;
import io.kindred.engine.shard.Shard;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// A store in this process, on one directory: every change goes through its log, and everything
/// else is made from the log.
///
/// Thread-safe. Records are applied on the log's delivery thread, in order.
public final class EmbeddedStore implements Store {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedStore.class);
  private static final int LOG_QUEUE_RECORDS_MAX = 4_096;
  private static final long LOG_QUEUE_BYTES_MAX = 64L << 20;

  private final StoreOptions options;
  private final Disk disk;
  private final AutoCloseable directoryLock;
  private final Log log;
  private final TableOpener opener;
  private final Maintenance maintenance;
  private final AppliedPosition applied = new AppliedPosition();
  private final Map<Long, OpenTable> tablesById = new ConcurrentHashMap<>();
  private final Map<String, OpenTable> tablesByName = new ConcurrentHashMap<>();
  private final Catalog catalog;
  private final Object catalogFileLock = new Object();
  private long logStart;
  private volatile @Nullable RuntimeException failure;
  private volatile boolean isClosed;

  /// Opens the store of a directory, or makes a new one, and replays its log. When this returns,
  /// every acknowledged write is visible.
  ///
  /// @throws KindredException `STORAGE_UNAVAILABLE` where another process has it open, `CORRUPT`
  ///   where a file is damaged, naming it
  public static EmbeddedStore open(StoreOptions options) {
    return open(options, new FileDisk());
  }

  static EmbeddedStore open(StoreOptions options, Disk disk) {
    disk.createDirectories(options.directory());
    AutoCloseable lock = disk.lock(options.directory());
    try {
      Log log =
          LocalLog.open(
              disk,
              options.directory().resolve("log"),
              new LocalLog.Options(
                  options.logSegmentBytes(),
                  LOG_QUEUE_RECORDS_MAX,
                  LOG_QUEUE_BYTES_MAX,
                  options.clock(),
                  options.listener()));
      return opened(options, disk, lock, log);
    } catch (RuntimeException e) {
      release(lock, e);
      throw e;
    }
  }

  private static EmbeddedStore opened(
      StoreOptions options, Disk disk, AutoCloseable lock, Log log) {
    EmbeddedStore store = null;
    try {
      store = new EmbeddedStore(options, disk, lock, log);
      store.recover();
      return store;
    } catch (RuntimeException e) {
      if (store != null) {
        store.tablesById.values().forEach(OpenTable::close);
        store.opener.close();
      }
      log.close();
      throw e;
    }
  }

  private EmbeddedStore(StoreOptions options, Disk disk, AutoCloseable lock, Log log) {
    this.options = options;
    this.disk = disk;
    this.directoryLock = lock;
    this.log = log;
    this.opener = new TableOpener(options, disk, log.id());
    this.maintenance = new Maintenance(options, new MaintainedTables());
    if (disk.exists(CatalogFile.file(options.directory()))) {
      CatalogFile file = CatalogFile.read(disk, options.directory());
      requireThisLog(file);
      this.catalog = file.toCatalog();
      this.logStart = file.logStart();
    } else {
      this.catalog = new Catalog();
      this.logStart = 1;
    }
  }

  private void requireThisLog(CatalogFile file) {
    if (file.logId() != log.id()) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          "%s: of log %016x (expected: %016x, the log in %s; restore the log from a backup)"
              .formatted(
                  CatalogFile.file(options.directory()),
                  file.logId(),
                  log.id(),
                  options.directory().resolve("log")));
    }
  }

  private void recover() {
    long started = System.nanoTime();
    for (TableEntry entry : catalog.tables()) {
      register(opener.open(entry, maintenance));
    }
    log.start(logStart, new Applying());
    RuntimeException failed = failure;
    if (failed != null) {
      throw failed;
    }
    applied.advanceTo(log.committedPosition());
    opener.deleteUnknown(tablesById.keySet());
    writeCatalog();
    maintenance.start();
    LOG.info(
        "store open directory={} tables={} position={} took={}ms",
        options.directory(),
        tablesById.size(),
        applied.get(),
        Duration.ofNanos(System.nanoTime() - started).toMillis());
  }

  private void register(OpenTable table) {
    tablesById.put(table.entry().id(), table);
    tablesByName.put(table.name(), table);
  }

  @Override
  public Table createTable(TableSpec spec) {
    CatalogOutcome outcome = change(new CatalogChange.CreateTable(spec));
    return switch (outcome) {
      case CatalogOutcome.Created(TableEntry entry) -> new EmbeddedTable(this, entry.id(), spec);
      case CatalogOutcome.Refused(ErrorCode code, String message) ->
          throw new KindredException(code, message);
      case CatalogOutcome.Dropped dropped -> throw new IllegalStateException(dropped.toString());
    };
  }

  @Override
  public void dropTable(String name) {
    OpenTable table = open(name);
    CatalogOutcome outcome =
        change(new CatalogChange.DropTable(name, table.entry().id(), table.entry().revision()));
    if (outcome instanceof CatalogOutcome.Refused(ErrorCode code, String message)) {
      throw new KindredException(code, message);
    }
  }

  private CatalogOutcome change(CatalogChange change) {
    CompletableFuture<CatalogOutcome> future = new CompletableFuture<>();
    append(CatalogCodec.encode(change), Durability.SYNCED, new PendingCatalogChange(future));
    try {
      return future.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KindredException cause) {
        throw new KindredException(cause.code(), String.valueOf(cause.getMessage()), cause);
      }
      throw e;
    }
  }

  private record PendingCatalogChange(CompletableFuture<CatalogOutcome> future) {}

  /// Queues a record for the log.
  void append(ByteBuffer record, Durability durability, Object pending) {
    requireOpen();
    log.append(record, durability, pending);
  }

  private void requireOpen() {
    RuntimeException failed = failure;
    if (isClosed || failed != null) {
      throw new KindredException(
          ErrorCode.NOT_READY,
          isClosed
              ? "store: closed"
              : "store: stopped taking writes after an internal error (restart it): "
                  + (failed == null ? "" : failed.getMessage()));
    }
  }

  @Override
  public List<Table> tables() {
    return tablesByName.values().stream()
        .sorted(java.util.Comparator.comparing(OpenTable::name))
        .map(table -> (Table) new EmbeddedTable(this, table.entry().id(), table.entry().spec()))
        .toList();
  }

  @Override
  public Table table(String name) {
    OpenTable table = open(name);
    return new EmbeddedTable(this, table.entry().id(), table.entry().spec());
  }

  private OpenTable open(String name) {
    OpenTable table = tablesByName.get(name);
    if (table == null) {
      throw new KindredException(
          ErrorCode.TABLE_NOT_FOUND, "table: " + name + " (expected: an existing table)");
    }
    return table;
  }

  /// The open table of a handle.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` once it was dropped
  OpenTable open(long id, TableSpec spec) {
    OpenTable table = tablesById.get(id);
    if (table == null) {
      throw new KindredException(
          isClosed ? ErrorCode.NOT_READY : ErrorCode.TABLE_NOT_FOUND,
          isClosed
              ? "store: closed"
              : "table: " + spec.name() + ", dropped (expected: an existing table)");
    }
    return table;
  }

  @Override
  public void await(Token token, Duration timeout) {
    if (token.logId() != log.id()) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "token",
          token,
          "a token of this store, whose log is %016x".formatted(log.id()));
    }
    try {
      if (!applied.await(token.position(), timeout)) {
        throw KindredException.of(
            ErrorCode.POSITION_NOT_REACHED,
            "token",
            token,
            "reached within " + timeout.toMillis() + " ms, now at " + applied.get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KindredException(ErrorCode.NOT_READY, "token: interrupted while waiting", e);
    }
  }

  @Override
  public StoreInfo info() {
    long memory = 0;
    for (OpenTable table : tablesById.values()) {
      for (Shard shard : table.shards()) {
        memory += shard.withStatus(Shard.Status::deltaBytes);
      }
    }
    return new StoreInfo(
        log.id(),
        log.committedPosition(),
        applied.get(),
        log.oldestPosition(),
        log.sizeBytes(),
        memory);
  }

  @Override
  public void checkpoint() {
    for (OpenTable table : tablesById.values()) {
      for (Shard shard : table.shards()) {
        if (shard.isDirty()) {
          shard.checkpoint();
        }
      }
    }
    truncateLog();
  }

  /// Lets the log drop what no shard needs any more.
  private void truncateLog() {
    // Read before the shards: what is applied meanwhile is behind this position.
    long needed = applied.get() + 1;
    for (OpenTable table : tablesById.values()) {
      for (Shard shard : table.shards()) {
        if (shard.isDirty()) {
          needed = Math.min(needed, shard.checkpointPosition() + 1);
        }
      }
    }
    synchronized (catalogFileLock) {
      if (needed <= logStart) {
        return;
      }
      logStart = needed;
      writeCatalog();
    }
    log.truncateBefore(needed);
  }

  private void writeCatalog() {
    synchronized (catalogFileLock) {
      new CatalogFile(log.id(), logStart, catalog.appliedPosition(), catalog.tables())
          .write(disk, options.directory());
    }
  }

  long logId() {
    return log.id();
  }

  long appliedPosition() {
    return applied.get();
  }

  StoreOptions options() {
    return options;
  }

  TableOpener opener() {
    return opener;
  }

  @Override
  public void close() {
    synchronized (this) {
      if (isClosed) {
        return;
      }
      isClosed = true;
    }
    try {
      log.close();
      maintenance.close();
      checkpointBeforeClose();
    } finally {
      tablesById.values().forEach(OpenTable::close);
      tablesById.clear();
      tablesByName.clear();
      opener.close();
      release(directoryLock, null);
    }
  }

  private void checkpointBeforeClose() {
    if (failure != null) {
      return;
    }
    try {
      checkpoint();
    } catch (KindredException e) {
      LOG.warn("checkpoint at close failed; the next start replays the log: {}", e.getMessage());
    }
  }

  private static void release(AutoCloseable lock, @Nullable RuntimeException cause) {
    try {
      lock.close();
    } catch (Exception e) {
      if (cause != null) {
        cause.addSuppressed(e);
      } else {
        LOG.warn("the lock of the data directory could not be released", e);
      }
    }
  }

  private final class MaintainedTables implements Maintenance.Tables {
    @Override
    public Iterable<OpenTable> open() {
      return tablesById.values();
    }

    @Override
    public void truncateLog() {
      EmbeddedStore.this.truncateLog();
    }
  }

  /// Applies the log's records. A record that cannot be applied stops the store's writes: going on
  /// would leave a hole.
  private final class Applying implements Log.Subscriber {
    @Override
    public void apply(
        long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
      if (failure != null) {
        fail(
            attachment, new KindredException(ErrorCode.NOT_READY, "store: stopped after an error"));
        return;
      }
      try {
        switch (payload.get(0)) {
          case CatalogCodec.RECORD_KIND ->
              applyCatalog(position, timestampMillis, payload, attachment);
          case ChangeWriter.RECORD_KIND ->
              applyRows(position, timestampMillis, payload, attachment);
          default ->
              throw new KindredException(
                  ErrorCode.CORRUPT,
                  "log record " + position + ": kind " + payload.get(0) + " (expected: 1 or 2)");
        }
        applied.advanceTo(position);
      } catch (RuntimeException e) {
        if (!isClosed) {
          LOG.error(
              "record cannot be applied position={}; writes stop until a restart", position, e);
        }
        failure = e;
        fail(attachment, e);
      }
    }

    @Override
    public void failed(Object attachment, RuntimeException cause) {
      fail(attachment, cause);
    }

    private void fail(@Nullable Object attachment, RuntimeException cause) {
      switch (attachment) {
        case PendingWrite write -> write.failed(cause);
        case PendingCatalogChange(var future) -> future.completeExceptionally(cause);
        case null, default -> {}
      }
    }

    private void applyRows(
        long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
      ChangeReader record = new ChangeReader(payload);
      ChangeWriter.Address address = record.address();
      OpenTable table = tablesById.get(address.tableId());
      if (table == null) {
        fail(attachment, new KindredException(ErrorCode.TABLE_NOT_FOUND, "table: dropped"));
        return;
      }
      Outcome outcome =
          table.shards().get(address.shard()).apply(position, timestampMillis, record);
      if (attachment instanceof PendingWrite write && outcome != null) {
        applied.advanceTo(position);
        write.applied(outcome, position);
      }
    }

    private void applyCatalog(
        long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
      if (position <= catalog.appliedPosition()) {
        return;
      }
      CatalogOutcome outcome;
      synchronized (catalogFileLock) {
        outcome = catalog.apply(position, timestampMillis, CatalogCodec.decode(payload));
        if (outcome instanceof CatalogOutcome.Created(TableEntry entry)) {
          register(opener.open(entry, maintenance));
        }
        writeCatalog();
      }
      if (outcome instanceof CatalogOutcome.Dropped(TableEntry entry)) {
        drop(entry);
      }
      applied.advanceTo(position);
      if (attachment instanceof PendingCatalogChange(var future)) {
        future.complete(outcome);
      }
    }

    private void drop(TableEntry entry) {
      OpenTable table = tablesById.remove(entry.id());
      if (table != null) {
        tablesByName.remove(table.name(), table);
        table.close();
        OpenTable.delete(disk, table.directory());
      }
    }
  }
}
