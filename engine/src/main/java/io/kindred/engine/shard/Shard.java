package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.MemoryBytes;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.ChangeReader;
import io.kindred.engine.segment.Checkpoint;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.Fold;
import io.kindred.engine.segment.Schema;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongConsumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One shard of one version of a table: a pure function of the log's records for it.
///
/// Changes are applied by one thread; reads take no lock, but a lease on the current [ShardView];
/// folding ([ShardFolder]) and checkpointing run on a maintenance thread and hold the shard's lock
/// only to take or to switch a view.
public final class Shard {
  private static final Logger LOG = LoggerFactory.getLogger(Shard.class);

  /// How long a change waits for a fold once the store is being closed. Its record is in the log.
  private static final long CLOSING_WAIT_NANOS = Duration.ofSeconds(2).toNanos();

  private static final long MEMORY_WAIT_NANOS = Duration.ofMillis(200).toNanos();

  private final String name;
  private final Schema schema;
  private final ShardOptions options;
  private final Consumer<Shard> onFull;

  /// Held while a record is applied, and to take snapshots and switch views.
  private final ReentrantLock stateLock = new ReentrantLock();

  private final Condition viewSwitched = stateLock.newCondition();

  /// Held from capturing a state until its manifest is written, so that manifests never go back.
  private final ReentrantLock commitLock = new ReentrantLock();

  private volatile ShardView view;
  private final RememberedChanges remembered;
  private volatile long rememberedBytes;
  private volatile long appliedPosition;
  private volatile long logTimeMillis;
  private volatile long liveCount;
  private final ShardCommits commits;
  private final ShardDamage damage;
  private final DeltaLinker linker;
  private final ShardFolder folder;

  /// Why the last fold failed, since a record began to wait for one. Guarded by the state's lock.
  private @Nullable RuntimeException foldFailure;

  private volatile boolean isClosing;
  private volatile boolean isClosed;

  private Shard(
      String name, Schema schema, ShardOptions options, ShardState state, Consumer<Shard> onFull) {
    this.name = name;
    this.schema = schema;
    this.options = options;
    this.onFull = onFull;
    this.view = state.view();
    this.remembered = state.remembered();
    this.rememberedBytes = remembered.sizeBytes();
    this.appliedPosition = state.appliedPosition();
    this.logTimeMillis = state.logTimeMillis();
    this.liveCount = view.liveCount();
    this.commits = new ShardCommits(schema, options, state);
    this.damage = new ShardDamage(name, state.rebuilds());
    this.linker = new DeltaLinker(this, name, options.linker(), () -> isClosing || isClosed);
    this.folder = new ShardFolder(this, name, options, commits);
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
  /// @param isReplayed whether the store starts. A record that waits for a fold waits until one
  ///   succeeds, as it was acknowledged; a start fails with the fold instead, for a person to see
  /// @return the outcome, or that of the first record with the same operation id; null where the
  ///   shard's files already hold the record
  /// @throws KindredException `NOT_READY` where the shard was closed while it waited for a fold;
  ///   while records are replayed also that of the fold
  public @Nullable Outcome apply(
      long position, long timestampMillis, ChangeReader record, boolean isReplayed) {
    stateLock.lock();
    try {
      if (position <= appliedPosition) {
        return null;
      }
      Outcome outcome = remembered.find(record);
      if (outcome == null) {
        makeRoom(isReplayed);
        RowOutcomes rows = remembered.begin(record, position);
        new ChangeApplier(schema, view, timestampMillis, rows).apply(record);
        liveCount = view.liveCount();
        remembered.remember(record, rows);
        rememberedBytes = remembered.sizeBytes();
        outcome = rows.outcome();
      }
      logTimeMillis = timestampMillis;
      appliedPosition = position;
      linker.start(view.active());
      return outcome;
    } finally {
      stateLock.unlock();
    }
  }

  private void makeRoom(boolean isReplayed) {
    while (view.active().isFull()) {
      boolean mustWait = view.frozen() != null;
      if (!mustWait) {
        freezePatiently();
      }
      foldFailure = null;
      // Also where a delta is frozen already: a restart finds it so, with no fold under way.
      onFull.accept(this);
      if (mustWait) {
        awaitSwitch(isReplayed);
      }
    }
  }

  /// A record that is in the log has to be applied: where memory for a new delta is short, it waits
  /// for some.
  private void freezePatiently() {
    boolean isFrozen = false;
    while (!isFrozen) {
      try {
        freeze();
        isFrozen = true;
      } catch (KindredException e) {
        if (e.code() != ErrorCode.OVERLOADED || isClosing) {
          throw e;
        }
        LOG.warn("{}: no memory for further rows, tried again: {}", name, e.getMessage());
        awaitMemory();
      }
    }
  }

  private void awaitMemory() {
    try {
      long nanosLeft = MEMORY_WAIT_NANOS;
      while (!isClosing && nanosLeft > 0) {
        nanosLeft = viewSwitched.awaitNanos(nanosLeft);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (KindredException) notFolded().initCause(e);
    }
  }

  private void awaitSwitch(boolean isReplayed) {
    ShardView full = view;
    long nanosLeft = CLOSING_WAIT_NANOS;
    try {
      while (view == full) {
        if (isReplayed && foldFailure != null) {
          throw notReplayed(foldFailure);
        }
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

  private KindredException notReplayed(RuntimeException cause) {
    return new KindredException(
        cause instanceof KindredException known ? known.code() : ErrorCode.INTERNAL,
        name
            + ": the log holds more rows than the delta takes, and the fold that makes room failed: "
            + cause.getMessage(),
        cause);
  }

  /// A fold was given up.
  void foldFailed(RuntimeException cause) {
    stateLock.lock();
    try {
      foldFailure = cause;
      viewSwitched.signalAll();
    } finally {
      stateLock.unlock();
    }
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

  /// Whether the shard remembers a source of events, or has room to.
  public boolean admits(ChangeReader.Source source) {
    return remembered.admits(source);
  }

  /// The current view for a read, with a lease to give back.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` once the shard is closed, `CORRUPT` where its rows
  ///   are damaged
  ShardView acquire() {
    requireWhole();
    return lease();
  }

  /// @throws KindredException `CORRUPT` where the shard's rows are damaged
  public void requireWhole() {
    damage.requireWhole();
  }

  /// What is wrong with the shard's files and not yet made good, a sentence each.
  public List<String> damages() {
    return damage.all();
  }

  /// Reads and checks every file that counts. The manifest and the checkpoint are written anew
  /// where they are damaged, since all that they hold is in memory; an index or the partitions are
  /// made again by the next fold; with any other file damaged the shard answers no more.
  ///
  /// @param pace is told the bytes of each piece; it may wait, or throw to end it
  /// @return files that were written anew
  public int scrub(LongConsumer pace) {
    ShardManifest manifest = commits.files().committed();
    if (manifest == null) {
      return 0;
    }
    ShardScrub scrub = new ShardScrub(schema, options, manifest, pace);
    int replaced = 0;
    String ofCommit = scrub.checkCommit();
    if (ofCommit != null && isOfCommit(manifest)) {
      LOG.warn("damaged, and written anew: {}", ofCommit);
      checkpoint();
      replaced++;
    }
    scrub.checkBase(
        (role, what) -> {
          if (isOfBase(manifest)) {
            noteDamage(role, what);
          }
        });
    return replaced;
  }

  private boolean isOfCommit(ShardManifest manifest) {
    ShardManifest current = commits.files().committed();
    return current != null && current.checkpoint().equals(manifest.checkpoint());
  }

  private boolean isOfBase(ShardManifest manifest) {
    ShardManifest current = commits.files().committed();
    return current != null
        && current.base() != null
        && manifest.base() != null
        && current.base().number() == manifest.base().number();
  }

  private void noteDamage(String role, String what) {
    if (role.equals(BaseManifest.PARTITIONS)) {
      stateLock.lock();
      try {
        Base base = view.base();
        if (base != null) {
          base.dropPartitions();
        }
      } finally {
        stateLock.unlock();
      }
    }
    damage.note(role, what);
  }

  private ShardView lease() {
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

  KindredException closed() {
    return new KindredException(ErrorCode.TABLE_NOT_FOUND, name + ": dropped or closed");
  }

  /// Whether a fold or checkpoint is under way, which may write files. One that is closed starts
  /// none.
  public boolean isAtWork() {
    return folder.isAtWork() || commitLock.isLocked();
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

  boolean isClosed() {
    return isClosed;
  }

  boolean hasFrozen() {
    return view.frozen() != null;
  }

  /// Live rows, the expired ones included.
  long liveCount() {
    return liveCount;
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
    return commits.position();
  }

  /// Whether anything was applied since the last checkpoint.
  public boolean isDirty() {
    return appliedPosition > commits.position();
  }

  /// Live rows that have not expired.
  public long rowCount() {
    ShardView current = lease();
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
        options.room().require("checkpoint of " + name, checkpointBytesMax());
        commits.commit(capture());
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

  /// What a checkpoint takes on disk, roughly and rather too much.
  private long checkpointBytesMax() {
    return withStatus(
        status -> {
          long deadBits = status.base() == null ? 0 : status.base().size() / Byte.SIZE;
          return status.deltaBytes() + deadBits + rememberedBytes;
        });
  }

  /// Builds a new base from the base and the deltas, if there is anything to fold, and commits it.
  /// Thread-safe; one fold runs at a time.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` where the shard was closed meanwhile
  public void fold() {
    folder.fold();
  }

  /// Folds the delta that is full, if there is one. Thread-safe.
  public void foldFrozen() {
    folder.foldFrozen();
  }

  /// Checks the rows of a base before they are copied: a new base of damaged ones would have good
  /// checksums.
  void requireWhole(ShardView source) {
    Base base = source.base();
    if (base != null) {
      new ShardScrub(schema, options, base.manifest(), bytes -> {})
          .checkRows((role, what) -> noteDamage(role, what));
      requireWhole();
    }
  }

  /// What a fold reads: it and its source are to be given back.
  record Folding(Fold fold, ShardView source) {}

  /// Freezes the active delta where none is frozen.
  ///
  /// @return what is to be folded, or null where there is nothing to do, or the shard is closed
  @Nullable Folding startFold() {
    stateLock.lock();
    try {
      if (isClosed) {
        return null;
      }
      Base base = view.base();
      boolean hasDead = base != null && base.deadCount() > 0;
      if (view.frozen() == null) {
        if (view.active().size() == 0 && !hasDead && damage.rebuilds().isEmpty()) {
          return null;
        }
        freeze();
      }
      ShardView source = lease();
      return new Folding(new Fold(schema, base, source.frozen(), logTimeMillis), source);
    } finally {
      stateLock.unlock();
    }
  }

  /// Lets the view and the manifest name the new base. It is released.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` where the shard was closed meanwhile
  void finishFold(Fold fold, @Nullable Base folded) {
    List<String> madeAgain;
    commitLock.lock();
    try {
      stateLock.lock();
      try {
        madeAgain = damage.rebuilds();
        if (isClosed) {
          throw closed();
        }
        // It may have been found while the fold read it; the files go with the next commit.
        requireWhole();
        fold.carryOver();
        switchTo(new ShardView(folded, null, view.active()));
      } finally {
        if (folded != null) {
          folded.lifetime().release();
        }
        stateLock.unlock();
      }
      commits.commit(capture());
      damage.forget(madeAgain);
    } finally {
      commitLock.unlock();
    }
  }

  private CapturedState capture() {
    stateLock.lock();
    try {
      ShardView source = lease();
      return new CapturedState(
          source,
          new Checkpoint(schema, source.base(), source.deltas(), remembered.capture()),
          appliedPosition,
          logTimeMillis);
    } finally {
      stateLock.unlock();
    }
  }

  /// Whether a fold is due: a delta is frozen and its fold has not ended, or files of the base have
  /// to be made again.
  public boolean isFoldDue() {
    return damage.isWhole() && (view.frozen() != null || !damage.rebuilds().isEmpty());
  }

  /// Runs an action while no record is applied to any of the shards; it must be short. One caller
  /// at a time.
  public static <T> T whileUnchanged(List<Shard> shards, Supplier<T> action) {
    int locked = 0;
    try {
      for (Shard shard : shards) {
        shard.stateLock.lock();
        locked++;
      }
      return action.get();
    } finally {
      for (Shard shard : shards.subList(0, locked)) {
        shard.stateLock.unlock();
      }
    }
  }

  /// Holds the shard as it is now. Short: files are written by the snapshot.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` once the shard is closed
  public ShardSnapshot snapshot() {
    stateLock.lock();
    try {
      LiveFiles.PinnedManifest pinned =
          isDirty() ? null : commits.files().pinCommitted(appliedPosition);
      if (pinned != null) {
        return new ShardSnapshot(
            this, pinned.pin(), ShardImage.of(pinned.manifest(), view.liveCount()));
      }
      CapturedState state = capture();
      long number = commits.takeNumber();
      LiveFiles.Pin pin = commits.files().pin(state.baseManifest(), commits.checkpoint(number));
      return new ShardSnapshot(
          this, pin, new ShardSnapshot.Unwritten(state, number, state.source().liveCount()));
    } finally {
      stateLock.unlock();
    }
  }

  Path directory() {
    return options.directory();
  }

  /// Writes the checkpoint of a snapshot.
  ShardImage write(ShardSnapshot.Unwritten unwritten) {
    return commits.write(unwritten);
  }

  /// Ends a snapshot's hold on its files. Those of a closed shard are its store's to delete.
  void unpin(LiveFiles.Pin pin) {
    Set<Path> unneeded;
    // A switched view and its manifest are seen together.
    commitLock.lock();
    try {
      Base base = view.base();
      unneeded = commits.files().unpin(pin, base == null ? null : base.manifest());
    } finally {
      commitLock.unlock();
    }
    if (!isClosed) {
      unneeded.forEach(options.disk()::delete);
    }
  }

  /// Reads the rows of the base and compares their checksums.
  ///
  /// @throws KindredException `CORRUPT`, naming the file
  public void requireWholeBase() {
    ShardView current = lease();
    try {
      requireWhole(current);
    } finally {
      current.lifetime().release();
    }
  }

  /// Why a fold would pay now, when the shard is otherwise quiet.
  public boolean isWorthFolding() {
    if (!damage.isWhole()) {
      return false;
    }
    ShardView current = lease();
    try {
      return current.frozen() != null || current.deltaRows() >= 1_000 || current.hasManyDead();
    } finally {
      current.lifetime().release();
    }
  }

  /// Whether a fold would drop many dead rows.
  public boolean hasManyDead() {
    ShardView current = lease();
    try {
      return current.hasManyDead();
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
    ShardView current = lease();
    try {
      Base base = current.base();
      return action.apply(
          new Status(
              liveCount - current.expiredCount(options.clock().millis()),
              base,
              current.deltaRows(),
              current.active().capacity().rowsMax(),
              current.deltaBytes(),
              base == null ? 0 : base.deadCount(),
              commits.checkpointBytes(),
              folder.isAtWork()));
    } finally {
      current.lifetime().release();
    }
  }

  /// Memory in use; nothing once the shard is closed. Quick.
  public MemoryBytes memory() {
    ShardView current = view;
    while (!current.lifetime().tryAcquire()) {
      if (isClosed) {
        return MemoryBytes.NONE;
      }
      current = view;
    }
    try {
      return current.memory().plus(new MemoryBytes(0, 0, 0, 0, 0, rememberedBytes, 0));
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
