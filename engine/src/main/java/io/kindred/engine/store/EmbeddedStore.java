package io.kindred.engine.store;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.ScrubInfo;
import io.kindred.engine.Store;
import io.kindred.engine.StoreHealth;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Token;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.log.LocalLog;
import io.kindred.engine.log.Log;
import io.kindred.engine.shard.LogBounds;
import io.kindred.engine.shard.Shard;
import io.kindred.engine.vector.Kernels;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.LongConsumer;
import java.util.function.UnaryOperator;
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
  private final AutoCloseable directoryLock;
  private final Log log;
  private final DiskSpace space;
  private final MemoryUse memory;
  private final Scrubber scrubber;
  private final Maintenance maintenance;
  private final TableOpener opener;
  private final TableRegistry tables;
  private final LogApplier applier;
  private final CatalogChanges changes;
  private final RecallMonitor recallMonitor;
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
    return open(options, disk, UnaryOperator.identity());
  }

  /// @param planted stands between the store and its log
  static EmbeddedStore open(StoreOptions options, Disk disk, UnaryOperator<Log> planted) {
    Kernels.requireUsable();
    disk.createDirectories(options.directory());
    AutoCloseable lock = disk.lock(options.directory());
    try {
      return new EmbeddedStore(options, disk, lock, planted).recovered();
    } catch (RuntimeException e) {
      release(lock, e);
      throw e;
    }
  }

  private EmbeddedStore(
      StoreOptions options, Disk disk, AutoCloseable lock, UnaryOperator<Log> planted) {
    this.options = options;
    this.directoryLock = lock;
    this.log =
        planted.apply(
            LocalLog.open(
                disk,
                options.directory().resolve("log"),
                new LocalLog.Options(
                    options.logSegmentBytes(),
                    LOG_QUEUE_RECORDS_MAX,
                    LOG_QUEUE_BYTES_MAX,
                    options.clock(),
                    options.listener())));
    try {
      this.space = new DiskSpace(disk, options.directory(), options.budget().diskFreeBytes());
      this.memory = new MemoryUse(options.budget().memoryBytes(), log, this::openTables);
      this.maintenance = new Maintenance(options, space, memory, new MaintainedTables());
      this.scrubber = new Scrubber(options.budget().scrubBytesPerSecond(), new ScrubbedParts());
      this.opener = new TableOpener(options, disk, space, log, maintenance);
      this.tables = new TableRegistry(disk, options.directory(), log, opener);
      this.applier = new LogApplier(tables);
      this.changes = new CatalogChanges(this);
      this.recallMonitor =
          new RecallMonitor(options.recallInterval(), opener.contexts(), options.listener());
    } catch (RuntimeException e) {
      log.close();
      throw e;
    }
  }

  private EmbeddedStore recovered() {
    try {
      recover();
      return this;
    } catch (RuntimeException e) {
      log.close();
      recallMonitor.close();
      maintenance.close();
      tables.close();
      opener.close();
      throw e;
    }
  }

  private void recover() {
    long started = System.nanoTime();
    tables.openAll();
    maintenance.start();
    log.start(tables.logStart(), applier);
    RuntimeException failure = applier.failure();
    if (failure != null) {
      throw explained(failure);
    }
    tables.requireWithin(log.committedPosition());
    applier.applied().advanceTo(log.committedPosition());
    tables.deleteUnknown();
    tables.save();
    tables.goLive();
    scrubber.start();
    LOG.info(
        "store open directory={} tables={} position={} took={}ms",
        options.directory(),
        tables.all().size(),
        applier.applied().get(),
        Duration.ofNanos(System.nanoTime() - started).toMillis());
  }

  /// A record that cannot be applied most often meets damaged files: then the error names the file.
  private RuntimeException explained(RuntimeException failure) {
    if (failure instanceof KindredException) {
      return failure;
    }
    try {
      tables.all().forEach(table -> table.shards().forEach(Shard::requireWholeBase));
      return failure;
    } catch (KindredException damaged) {
      damaged.addSuppressed(failure);
      return damaged;
    }
  }

  @Override
  public Table createTable(TableSpec spec) {
    TableEntry entry = changes.create(spec);
    return new EmbeddedTable(this, entry.id(), spec);
  }

  @Override
  public void dropTable(String name) {
    changes.drop(open(name).entry());
  }

  /// A table in the making, out of files that somebody brings; what an earlier attempt has left of
  /// one is deleted.
  ///
  /// @param attempt names the files: those of an earlier attempt of this name are kept, to go on
  ///   with; letters, digits and dashes
  /// @param position no row of the files was changed behind this position of a log
  /// @throws KindredException `TABLE_EXISTS` where the name is taken; `UNSUPPORTED` where the
  ///   position is one that this store has still to come to
  public StagedTable stage(TableSpec spec, String attempt, long position) {
    if (isClosed) {
      throw closed();
    }
    return new StagedTable(this, spec, attempt).begin(position);
  }

  /// Queues records for the log, all of them or none.
  ///
  /// @param effect of the records on the space that is taken
  void append(
      List<ByteBuffer> records, DiskSpace.Effect effect, Durability durability, Object pending) {
    RuntimeException failure = applier.failure();
    if (isClosed) {
      throw closed();
    }
    if (failure != null) {
      throw new KindredException(
          ErrorCode.NOT_READY,
          "store: takes no writes after an error (restart it): " + failure.getMessage(),
          failure);
    }
    long bytes = 0;
    for (ByteBuffer record : records) {
      bytes += record.remaining();
    }
    space.take(bytes, effect);
    log.append(records, durability, pending);
  }

  private static KindredException closed() {
    return new KindredException(ErrorCode.NOT_READY, "store: closed (expected: an open one)");
  }

  @Override
  public List<Table> tables() {
    return tables.sorted().stream().map(this::handle).toList();
  }

  @Override
  public Table table(String name) {
    return handle(open(name));
  }

  private Table handle(OpenTable table) {
    return new EmbeddedTable(this, table.entry().id(), table.entry().spec());
  }

  private OpenTable open(String name) {
    OpenTable table = tables.find(name);
    if (table == null) {
      throw missing(name);
    }
    return table;
  }

  /// The open table of a handle.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` once it was dropped
  OpenTable open(long id, TableSpec spec) {
    OpenTable table = tables.find(id);
    if (table == null) {
      throw missing(spec.name());
    }
    return table;
  }

  private KindredException missing(String name) {
    return isClosed
        ? closed()
        : new KindredException(
            ErrorCode.TABLE_NOT_FOUND, "table: " + name + " (expected: an existing table)");
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
      if (!applier.applied().await(token.position(), timeout)) {
        throw KindredException.of(
            ErrorCode.POSITION_NOT_REACHED,
            "token",
            token,
            "reached within " + timeout.toMillis() + " ms, now at " + applier.applied().get());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KindredException(ErrorCode.NOT_READY, "token: interrupted while waiting", e);
    }
  }

  @Override
  public StoreInfo info() {
    long memory = 0;
    for (OpenTable table : tables.all()) {
      for (Shard shard : table.shards()) {
        memory += shard.withStatus(Shard.Status::deltaBytes);
      }
    }
    return new StoreInfo(
        log.id(),
        log.committedPosition(),
        applier.applied().get(),
        log.oldestPosition(),
        log.sizeBytes(),
        memory);
  }

  @Override
  public StoreHealth health() {
    List<String> problems = new ArrayList<>();
    addProblem(problems, space.problem());
    problems.addAll(memory.problems());
    KindredException refusal = log.refusal();
    addProblem(problems, refusal == null ? null : "log cannot be written: " + refusal.getMessage());
    RuntimeException failure = applier.failure();
    addProblem(
        problems,
        failure == null
            ? null
            : "store takes no writes after an error, restart it: " + failure.getMessage());
    problems.addAll(maintenance.problems());
    ScrubInfo scrub = scrubber.info();
    problems.addAll(scrub.damaged());
    addProblem(problems, scrubber.problem());
    return new StoreHealth(space.info(), memory.info(), scrub, problems);
  }

  private static void addProblem(List<String> problems, @Nullable String problem) {
    if (problem != null) {
      problems.add(problem);
    }
  }

  @Override
  public void pauseScrub() {
    scrubber.pause(true);
  }

  @Override
  public void resumeScrub() {
    scrubber.pause(false);
  }

  @Override
  public void checkpoint() {
    for (OpenTable table : tables.all()) {
      for (Shard shard : table.shards()) {
        if (shard.isDirty()) {
          shard.checkpoint();
        }
      }
    }
    truncateLog();
  }

  /// Holds tables as of one position of the log, while writes go on; they wait a few milliseconds
  /// at most. Files of the snapshot are written and read through it.
  ///
  /// @param names empty for all tables
  /// @throws KindredException `TABLE_NOT_FOUND`, naming the table
  public StoreSnapshot snapshot(Collection<String> names) {
    if (isClosed) {
      throw closed();
    }
    StoreSnapshot snapshot =
        tables.snapshot(names, applier.applied()::get, options.clock().millis());
    try {
      // The snapshot must not know of records that the log could still lose with the power.
      log.sync();
      return snapshot;
    } catch (RuntimeException e) {
      snapshot.close();
      throw e;
    }
  }

  private void truncateLog() {
    long applied = applier.applied().get();
    // What is applied may not be durable yet, and the log must not start behind its end.
    log.sync();
    log.truncateBefore(tables.advanceLogStart(applied));
  }

  long logId() {
    return log.id();
  }

  long appliedPosition() {
    return applier.applied().get();
  }

  RecallMonitor recallMonitor() {
    return recallMonitor;
  }

  StoreOptions options() {
    return options;
  }

  MemoryUse memory() {
    return memory;
  }

  Scrubber scrubber() {
    return scrubber;
  }

  DiskSpace space() {
    return space;
  }

  CatalogChanges changes() {
    return changes;
  }

  TableRegistry registry() {
    return tables;
  }

  /// The log as it is now.
  LogBounds logBounds() {
    return new LogBounds(log.id(), log.oldestPosition(), log.committedPosition());
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
      tables.beginClose();
      scrubber.close();
      recallMonitor.close();
      log.close();
      maintenance.close();
      checkpointBeforeClose();
    } finally {
      tables.close();
      opener.close();
      release(directoryLock, null);
    }
  }

  private void checkpointBeforeClose() {
    if (applier.failure() != null) {
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

  private Collection<OpenTable> openTables() {
    return tables.all();
  }

  private final class ScrubbedParts implements Scrubber.Parts {
    @Override
    public Collection<OpenTable> tables() {
      return tables.all();
    }

    @Override
    public void checkCatalog(LongConsumer pace) {
      tables.check(pace);
    }

    @Override
    public void replaceCatalog() {
      tables.save();
    }

    @Override
    public void checkLog(LongConsumer pace) {
      log.check(pace);
    }

    @Override
    public void replaceLog() {
      checkpoint();
    }
  }

  private final class MaintainedTables implements Maintenance.Tables {
    @Override
    public Iterable<OpenTable> open() {
      return tables.all();
    }

    @Override
    public void truncateLog() {
      EmbeddedStore.this.truncateLog();
    }
  }
}
