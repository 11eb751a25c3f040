package io.kindred.engine.shard;

import io.kindred.engine.FoldStep;
import io.kindred.engine.KindredException;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.Fold;
import java.time.Duration;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Folds one shard: builds a new base from its base and its deltas, and lets it take their place.
/// Thread-safe; one fold runs at a time.
final class ShardFolder {
  private static final Logger LOG = LoggerFactory.getLogger(ShardFolder.class);

  private final Shard shard;
  private final String name;
  private final String table;
  private final ShardOptions options;
  private final ShardCommits commits;
  private final ReentrantLock lock = new ReentrantLock();

  /// @param name the shard's, for people
  ShardFolder(Shard shard, String name, ShardOptions options, ShardCommits commits) {
    this.shard = shard;
    this.name = name;
    this.table = shard.schema().spec().name();
    this.options = options;
    this.commits = commits;
  }

  /// Whether a fold is under way.
  boolean isAtWork() {
    return lock.isLocked();
  }

  /// Builds a new base from the base and the deltas, if there is anything to fold, and commits it.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND` where the shard was closed meanwhile
  void fold() {
    lock.lock();
    try {
      // What the active delta holds is a second fold's, where one was due already.
      foldFrozen();
      foldOnce();
    } finally {
      lock.unlock();
    }
  }

  /// Folds the delta that is full, if there is one.
  void foldFrozen() {
    lock.lock();
    try {
      if (shard.hasFrozen()) {
        foldOnce();
      }
    } finally {
      lock.unlock();
    }
  }

  private void foldOnce() {
    try {
      shard.requireWhole();
      options.room().require("fold of " + name, foldBytesMax());
      long started = System.nanoTime();
      Shard.Folding folding = shard.startFold();
      if (folding == null) {
        return;
      }
      try (Fold fold = folding.fold()) {
        advanced(FoldStep.CHECKING, 0, 0);
        shard.requireWhole(folding.source());
        Base built = build(fold);
        advanced(FoldStep.COMMITTING, 0, 0);
        shard.finishFold(fold, built);
      } catch (KindredException e) {
        throw shard.isClosed() ? (KindredException) shard.closed().initCause(e) : e;
      } finally {
        folding.source().lifetime().release();
        options.listener().foldEnded(table, name);
      }
      Duration took = Duration.ofNanos(System.nanoTime() - started);
      LOG.info("folded shard={} rows={} took={}ms", name, shard.liveCount(), took.toMillis());
      options.listener().folded(table, shard.liveCount(), took);
    } catch (RuntimeException e) {
      shard.foldFailed(e);
      throw e;
    } finally {
      commits.endBase();
    }
  }

  /// What a fold takes on disk, roughly and rather too much: a new base beside the old, and the
  /// checkpoint that comes with it. An index takes no more than its rows and vectors.
  private long foldBytesMax() {
    return shard.withStatus(
        status -> {
          Base base = status.base();
          return (base == null ? 0 : base.manifest().sizeBytes("")) + 2 * status.deltaBytes();
        });
  }

  private void advanced(FoldStep step, long done, long total) {
    options.listener().foldAdvanced(table, name, step, done, total);
  }

  private @Nullable Base build(Fold fold) {
    Fold.Plan plan = plan();
    try {
      return fold.run(plan);
    } catch (RuntimeException e) {
      // What was written of it takes the room that the next attempt needs.
      try {
        ShardState.deleteBase(options, plan.number());
      } catch (KindredException notDeleted) {
        e.addSuppressed(notDeleted);
      }
      throw e;
    }
  }

  private Fold.Plan plan() {
    options.disk().createDirectories(options.directory());
    return new Fold.Plan(
        options.disk(),
        options.directory(),
        commits.beginBase(),
        options.buildThreads(),
        options.reaper(),
        this::advanced);
  }
}
