package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.shard.Shard;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Folds and checkpoints shards in the background, and lets the log be cut. Thread-safe.
///
/// What fails is reported and tried again a second later.
final class Maintenance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final StoreOptions options;
  private final Tables tables;
  private final ScheduledExecutorService ticks;
  private final ExecutorService folds;
  private final Set<Shard> foldsQueued = ConcurrentHashMap.newKeySet();
  private final Map<Shard, Long> positionAtLastTick = new HashMap<>();
  private long lastCheckpointNanos = System.nanoTime();

  /// The open tables, and what to do once their checkpoints have moved on.
  interface Tables {
    Iterable<OpenTable> open();

    void truncateLog();
  }

  Maintenance(StoreOptions options, Tables tables) {
    this.options = options;
    this.tables = tables;
    this.ticks = Executors.newSingleThreadScheduledExecutor(daemon("kindred-maintenance"));
    this.folds = Executors.newSingleThreadExecutor(daemon("kindred-fold"));
  }

  private static java.util.concurrent.ThreadFactory daemon(String name) {
    return Thread.ofPlatform().name(name).daemon().factory();
  }

  /// Starts the periodic work. Before the log is replayed: a replay that fills a delta waits for a
  /// fold, and a fold that failed is tried again by this.
  void start() {
    // Its future ends only with the executor: a tick does not throw.
    var _ =
        ticks.scheduleWithFixedDelay(
            this::tick, TICK.toMillis(), TICK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Queues a fold of a shard whose delta is full, unless one is queued.
  void requestFold(String table, Shard shard) {
    queueFold(table, shard, shard::foldFrozen);
  }

  /// Each shard waits in the queue once at most.
  private void queueFold(String table, Shard shard, Runnable fold) {
    if (foldsQueued.add(shard)) {
      folds.execute(
          () -> {
            foldsQueued.remove(shard);
            guarded(table, "fold", fold);
          });
    }
  }

  private void tick() {
    boolean isCheckpointDue =
        System.nanoTime() - lastCheckpointNanos >= options.checkpointInterval().toNanos();
    for (OpenTable table : tables.open()) {
      for (Shard shard : table.shards()) {
        guarded(table.name(), "maintenance", () -> maintain(table.name(), shard, isCheckpointDue));
      }
    }
    if (isCheckpointDue) {
      lastCheckpointNanos = System.nanoTime();
      positionAtLastTick.keySet().removeIf(shard -> !isOpen(shard));
      guarded("", "log truncation", tables::truncateLog);
    }
  }

  private void maintain(String table, Shard shard, boolean isCheckpointDue) {
    long position = shard.appliedPosition();
    Long before = positionAtLastTick.put(shard, position);
    boolean isQuiet = before != null && before == position;
    if (isQuiet && shard.isWorthFolding()) {
      queueFold(table, shard, shard::fold);
    }
    if (isCheckpointDue && shard.isDirty()) {
      shard.checkpoint();
    }
  }

  private boolean isOpen(Shard shard) {
    for (OpenTable table : tables.open()) {
      if (table.shards().contains(shard)) {
        return true;
      }
    }
    return false;
  }

  /// Runs one piece of work; its failure is a person's to see, and does not stop the others.
  private void guarded(String table, String what, Runnable work) {
    try {
      work.run();
    } catch (CancellationException e) {
      LOG.debug("{} cancelled table={}", what, table);
    } catch (KindredException e) {
      if (folds.isShutdown() || e.code() == ErrorCode.TABLE_NOT_FOUND) {
        // Closing interrupts a fold, and so does dropping its table; its files are deleted later.
        LOG.debug("{} cut short table={}", what, table, e);
        return;
      }
      options.listener().maintenanceFailed(table, what);
      LOG.warn("{} failed table={}, tried again in a second: {}", what, table, e.getMessage());
    } catch (RuntimeException e) {
      options.listener().maintenanceFailed(table, what);
      LOG.error("{} failed table={}, tried again in a second", what, table, e);
    }
  }

  /// Ends the work that is under way: a fold is given up, a checkpoint finished.
  @Override
  public void close() {
    ticks.shutdown();
    folds.shutdownNow();
    awaitEnd(ticks);
    awaitEnd(folds);
  }

  private static void awaitEnd(ExecutorService executor) {
    try {
      if (!executor.awaitTermination(CLOSE_TIMEOUT.toMillis(), TimeUnit.MILLISECONDS)) {
        LOG.warn("background work did not end within {}", CLOSE_TIMEOUT);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
