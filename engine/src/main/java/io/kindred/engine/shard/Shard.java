package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.BaseVerifier;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.Checkpoint;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.Fold;
import io.kindred.engine.segment.Schema;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One shard of one version of a table: a pure function of the log's records for it.
///
/// Changes are applied by one thread; reads take no lock, but a lease on the current [ShardView];
/// folding and checkpointing run on a maintenance thread and hold the shard's lock only to take or
/// to switch a view.
public final class Shard {
  private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

  /// How long a change waits for a fold once the store is being closed. Its record is in the log.
  private static final long CLOSING_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

  private final String name;
  private final Schema schema;
  private final ShardOptions options;
  private final Consumer<Shard> onFull;

  /// Held while a record is applied, and to take snapshots and switch views.
  private final ReentrantLock stateLock = new ReentrantLock();

  private final Condition viewSwitched = stateLock.newCondition();

  /// Held from capturing a state until its manifest is written, so that manifests never go back.
  private final ReentrantLock commitLock = new ReentrantLock();

  private final ReentrantLock foldLock = new ReentrantLock();
  private final AtomicLong nextNumber;
  private volatile ShardView view;
  private OperationWindow operations;
  private volatile long appliedPosition;
  private volatile long logTimeMillis;
  private volatile long liveCount;
  private volatile long checkpointPosition;
  private volatile long checkpointBytes;
  private volatile long numberInTheMaking;
  private final DeltaLinker linker;
  private volatile boolean isFolding;
  private volatile boolean isClosing;
  private volatile boolean isClosed;

  private Shard(
      String name, Schema schema, ShardOptions options, ShardState state, Consumer<Shard> onFull) {
    this.name = name;
    this.schema = schema;
    this.options = options;
    this.onFull = onFull;
    this.nextNumber = new AtomicLong(state.nextNumber());
    this.view = state.view();
    this.operations = state.operations();
    this.appliedPosition = state.appliedPosition();
    this.logTimeMillis = state.logTimeMillis();
    this.liveCount = view.liveCount();
    this.checkpointPosition = state.checkpointPosition();
    this.checkpointBytes = state.checkpointBytes();
    this.linker = new DeltaLinker(this, name, options.linker(), () -> isClosing || isClosed);
  }

  /// Opens the shard of the options' directory, or a new one.
  ///
  /// @param onFull asks the maintenance for [#foldFrozen]; called while a change may wait for it
  /// @throws KindredException `CORRUPT`, naming the file
  public static Shard open(
      String name, Schema schema, ShardOptions options, Consumer<Shard> onFull) {
    Shard shard = new Shard(name, schema, options, ShardState.open(schema, options), onFull);
    shard.linker.start(shard.view.active());
    return shard;
  }

  public Schema schema() {
    return schema;
  }

  /// Applies a record of this shard. Owned by the log's delivery thread.
  ///
  /// @return the outcome, or that of the first record with the same operation id; null where the
  ///   shard's files already hold the record
  /// @throws KindredException `NOT_READY` where the shard was closed while it waited for a fold
  public @Nullable Outcome apply(long position, long timestampMillis, ChangeReader record) {
    stateLock.lock();
    try {
      if (position <= appliedPosition) {
        return null;
      }
      String operationId = record.operationId();
      Outcome known = operationId == null ? null : operations.find(operationId);
      Outcome outcome = known;
      if (outcome == null) {
        makeRoom();
        outcome = new ChangeApplier(schema, view, position, timestampMillis).apply(record);
        liveCount = view.liveCount();
      }
      if (operationId != null && known == null) {
        operations.remember(operationId, outcome);
      }
      logTimeMillis = timestampMillis;
      appliedPosition = position;
      linker.start(view.active());
      return outcome;
    } finally {
      stateLock.unlock();
    }
  }

  private void makeRoom() {
    while (view.active().isFull()) {
      boolean mustWait = view.frozen() != null;
      if (!mustWait) {
        freeze();
      }
      // Also where a delta is frozen already: a restart finds it so, with no fold under way.
      onFull.accept(this);
      if (mustWait) {
        awaitSwitch();
      }
    }
  }

  private void awaitSwitch() {
    ShardView full = view;
    long nanosLeft = CLOSING_WAIT_NANOS;
    try {
      while (view == full) {
        if (!isClosing) {
          viewSwitched.awaitUninterruptibly();
        } else if (nanosLeft > 0) {
          nanosLeft = viewSwitched.awaitNanos(nanosLeft);
        } else {
          throw notFolded();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (KindredException) notFolded().initCause(e);
    }
  }

  private KindredException notFolded() {
    return new KindredException(
        ErrorCode.NOT_READY,
        name + ": closed while a change waited for a fold; the next start applies it from the log");
  }

  /// Starts a new active delta; the old one takes no more rows.
  private void freeze() {
    Delta fresh = Delta.create(schema, options.capacity(), options.reaper());
    switchTo(new ShardView(view.base(), view.active(), fresh));
    fresh.lifetime().release();
  }

  private void switchTo(ShardView next) {
    ShardView previous = view;
    view = next;
    liveCount = next.liveCount();
    previous.lifetime().release();
    viewSwitched.signalAll();
  }

  /// Whether the shard takes this many more rows now, or has to fold first.
  public boolean admits(int rows) {
    ShardView current = view;
    return current.frozen() == null
        || current.active().size() + rows <= current.active().capacity().rowsMax();
  }

  /// The current view, with a lease to give back.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` once the shard is closed
  ShardView acquire() {
    while (true) {
      ShardView current = view;
      if (current.lifetime().tryAcquire()) {
        return current;
      }
      if (isClosed) {
        throw closed();
      }
    }
  }

  private KindredException closed() {
    return new KindredException(ErrorCode.TABLE_NOT_FOUND, name + ": dropped or closed");
  }

  /// Whether a fold or checkpoint is under way, which may write files. One that is closed starts
  /// none.
  public boolean isAtWork() {
    return foldLock.isLocked() || commitLock.isLocked();
  }

  /// Runs a read while no record is applied and no view switched; it must be short.
  <T> T whileUnchanged(Supplier<T> read) {
    stateLock.lock();
    try {
      return read.get();
    } finally {
      stateLock.unlock();
    }
  }

  /// Whether the view is still the one that writes go to.
  boolean isCurrent(ShardView candidate) {
    return view == candidate;
  }

  public long appliedPosition() {
    return appliedPosition;
  }

  /// Up to here the log is not needed any more for this shard.
  public long checkpointPosition() {
    return checkpointPosition;
  }

  /// Whether anything was applied since the last checkpoint.
  public boolean isDirty() {
    return appliedPosition > checkpointPosition;
  }

  /// Live rows that have not expired.
  public long rowCount() {
    ShardView current = acquire();
    try {
      return liveCount - current.expiredCount(options.clock().millis());
    } finally {
      current.lifetime().release();
    }
  }

  /// Writes all that the base does not hold, and lets the manifest name it; does nothing once the
  /// shard is closed. Thread-safe.
  public void checkpoint() {
    commitLock.lock();
    try {
      if (!isClosed) {
        commit(capture());
      }
    } catch (KindredException e) {
      // Where the table was dropped meanwhile, its files were deleted, and nobody needs them.
      if (!isClosed) {
        throw e;
      }
      LOG.debug("checkpoint of a closed shard given up shard={}", name, e);
    } finally {
      commitLock.unlock();
    }
  }

  /// Builds a new base from the base and the deltas, if there is anything to fold, and commits it.
  /// Thread-safe; one fold runs at a time.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` where the shard was closed meanwhile
  public void fold() {
    foldLock.lock();
    try {
      // What the active delta holds is a second fold's, where one was due already.
      foldFrozen();
      foldOnce();
    } finally {
      foldLock.unlock();
    }
  }

  /// Folds the delta that is full, if there is one. Thread-safe.
  public void foldFrozen() {
    foldLock.lock();
    try {
      if (view.frozen() != null) {
        foldOnce();
      }
    } finally {
      foldLock.unlock();
    }
  }

  private void foldOnce() {
    isFolding = true;
    try {
      long started = System.nanoTime();
      Folding folding = startFold();
      if (folding == null) {
        return;
      }
      try (Fold fold = folding.fold()) {
        finishFold(fold, fold.run(plan()));
      } catch (KindredException e) {
        throw isClosed ? (KindredException) closed().initCause(e) : e;
      } finally {
        folding.source().lifetime().release();
      }
      Duration took = Duration.ofNanos(System.nanoTime() - started);
      LOG.info("folded shard={} rows={} took={}ms", name, liveCount, took.toMillis());
      options.listener().folded(schema.spec().name(), liveCount, took);
    } finally {
      numberInTheMaking = 0;
      isFolding = false;
    }
  }

  private record Folding(Fold fold, ShardView source) {}

  private @Nullable Folding startFold() {
    stateLock.lock();
    try {
      if (isClosed) {
        return null;
      }
      Base base = view.base();
      boolean hasDead = base != null && base.deadCount() > 0;
      if (view.frozen() == null) {
        if (view.active().size() == 0 && !hasDead) {
          return null;
        }
        freeze();
      }
      ShardView source = acquire();
      return new Folding(new Fold(schema, base, source.frozen(), logTimeMillis), source);
    } finally {
      stateLock.unlock();
    }
  }

  private Fold.Plan plan() {
    options.disk().createDirectories(options.directory());
    numberInTheMaking = nextNumber.getAndIncrement();
    return new Fold.Plan(
        options.disk(),
        options.directory(),
        numberInTheMaking,
        options.buildThreads(),
        options.reaper());
  }

  private void finishFold(Fold fold, @Nullable Base folded) {
    commitLock.lock();
    try {
      stateLock.lock();
      try {
        if (isClosed) {
          throw closed();
        }
        fold.carryOver();
        switchTo(new ShardView(folded, null, view.active()));
      } finally {
        if (folded != null) {
          folded.lifetime().release();
        }
        stateLock.unlock();
      }
      commit(capture());
    } finally {
      commitLock.unlock();
    }
  }

  private record Captured(
      ShardView source, Checkpoint checkpoint, long position, long logTimeMillis) {}

  private Captured capture() {
    stateLock.lock();
    try {
      ShardView source = acquire();
      return new Captured(
          source,
          new Checkpoint(schema, source.base(), source.deltas(), operations.encode()),
          appliedPosition,
          logTimeMillis);
    } finally {
      stateLock.unlock();
    }
  }

  private void commit(Captured captured) {
    long started = System.nanoTime();
    ShardManifest manifest;
    try (Checkpoint checkpoint = captured.checkpoint()) {
      options.disk().createDirectories(options.directory());
      long number = nextNumber.getAndIncrement();
      var file = ShardManifest.Checkpointed.file(options.directory(), number);
      var written = checkpoint.write(options.disk(), file);
      Base base = captured.source().base();
      manifest =
          new ShardManifest(
              options.log().id(),
              captured.position(),
              captured.logTimeMillis(),
              base == null ? null : base.manifest(),
              new ShardManifest.Checkpointed(number, written.fileId(), written.sizeBytes()));
    } finally {
      captured.source().lifetime().release();
    }
    // The files must not know of records that the log could still lose with the power.
    options.syncLog().run();
    manifest.write(options.disk(), options.directory());
    checkpointPosition = manifest.appliedPosition();
    checkpointBytes = manifest.checkpoint().sizeBytes();
    ShardState.deleteAllBut(manifest, options, numberInTheMaking);
    options
        .listener()
        .checkpointed(
            schema.spec().name(),
            manifest.checkpoint().sizeBytes(),
            Duration.ofNanos(System.nanoTime() - started));
  }

  /// Reads all of the base's files and compares their checksums.
  ///
  /// @throws KindredException `CORRUPT`, naming the file
  public void requireWholeBase() {
    ShardView current = acquire();
    try {
      Base base = current.base();
      if (base != null) {
        BaseVerifier.requireWhole(options.disk(), options.directory(), base.manifest(), schema);
      }
    } finally {
      current.lifetime().release();
    }
  }

  /// Why a fold would pay now, when the shard is otherwise quiet.
  public boolean isWorthFolding() {
    ShardView current = acquire();
    try {
      Base base = current.base();
      long deltaRows = 0;
      for (Delta delta : current.deltas()) {
        deltaRows += delta.size();
      }
      long dead = base == null ? 0 : base.deadCount();
      return current.frozen() != null
          || deltaRows >= 1_000
          || (base != null && dead * 5 >= base.size());
    } finally {
      current.lifetime().release();
    }
  }

  /// Sizes of the parts, for people and metrics.
  public record Status(
      long rowCount,
      @Nullable Base base,
      long deltaRows,
      long deltaRowsMax,
      long deltaBytes,
      long hidden,
      long checkpointBytes,
      boolean isFolding) {}

  /// Runs an action on the shard's sizes, while they are leased.
  public <T> T withStatus(Function<Status, T> action) {
    ShardView current = acquire();
    try {
      long deltaRows = 0;
      long deltaBytes = 0;
      for (Delta delta : current.deltas()) {
        deltaRows += delta.size();
        deltaBytes += delta.sizeBytes();
      }
      Base base = current.base();
      return action.apply(
          new Status(
              liveCount - current.expiredCount(options.clock().millis()),
              base,
              deltaRows,
              current.active().capacity().rowsMax(),
              deltaBytes,
              base == null ? 0 : base.deadCount(),
              checkpointBytes,
              isFolding));
    } finally {
      current.lifetime().release();
    }
  }

  /// Lets changes that wait for a fold give up soon: the store is about to be closed.
  public void beginClose() {
    stateLock.lock();
    try {
      isClosing = true;
      viewSwitched.signalAll();
    } finally {
      stateLock.unlock();
    }
  }

  /// Refuses reads from now on and frees the memory after the last lease. The files stay.
  public void close() {
    stateLock.lock();
    try {
      if (!isClosed) {
        isClosed = true;
        view.lifetime().release();
        viewSwitched.signalAll();
      }
    } finally {
      stateLock.unlock();
    }
  }
}
