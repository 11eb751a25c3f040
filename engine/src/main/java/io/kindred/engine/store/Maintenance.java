package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.shard.Shard;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
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

/// Folds and checkpoints shards in the background, lets the log be cut, and measures the free disk
/// space and the memory in use, where memory is short by folds. Thread-safe.
///
/// What fails is reported once and tried again: a fold a second later, a checkpoint at the next
/// interval.
final class Maintenance implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Maintenance.class);
  private static final Duration TICK = Duration.ofSeconds(1);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(30);

  private final StoreOptions options;
  private final DiskSpace space;
  private final MemoryUse memory;
  private final Tables tables;
  private final ScheduledExecutorService ticks;
  private final ExecutorService folds;
  private final Set<Shard> foldsQueued = ConcurrentHashMap.newKeySet();
  private final Map<Shard, Long> positionAtLastTick = new HashMap<>();

  /// Why work did not succeed, until it does or its table is dropped.
  private final Map<Work, String> failures = new ConcurrentHashMap<>();

  private long lastCheckpointNanos = System.nanoTime();

  /// @param what is done: a fold, a checkpoint or a log truncation
  /// @param shard the number of the shard, from 0; 0 where it is for no shard
  private record Work(String table, int shard, String what) {
    @Override
    public String toString() {
      return table.isEmpty() ? what : what + " of " + table + "/" + shard;
    }
  }

  /// The open tables, and what to do once their checkpoints have moved on.
  interface Tables {
    Iterable<OpenTable> open();

    void truncateLog();
  }

  Maintenance(StoreOptions options, DiskSpace space, MemoryUse memory, Tables tables) {
    this.options = options;
    this.space = space;
    this.memory = memory;
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
            () -> guarded(new Work("", 0, "maintenance"), this::tick),
            TICK.toMillis(),
            TICK.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /// Queues a fold of a shard whose delta is full, unless one is queued.
  void requestFold(String table, int number, Shard shard) {
    queueFold(new Work(table, number, "fold"), shard, shard::foldFrozen);
  }

  /// Each shard waits in the queue once at most.
  private void queueFold(Work work, Shard shard, Runnable fold) {
    if (foldsQueued.add(shard)) {
      folds.execute(
          () -> {
            foldsQueued.remove(shard);
            guarded(work, fold);
          });
    }
  }

  private void tick() {
    space.measure();
    memory.measure();
    boolean isCheckpointDue =
        System.nanoTime() - lastCheckpointNanos >= options.checkpointInterval().toNanos();
    for (OpenTable table : tables.open()) {
      for (int number = 0; number < table.shards().size(); number++) {
        maintain(table, number, isCheckpointDue);
      }
    }
    if (isCheckpointDue) {
      lastCheckpointNanos = System.nanoTime();
      positionAtLastTick.keySet().removeIf(shard -> !isOpen(shard));
      guarded(new Work("", 0, "log truncation"), tables::truncateLog);
    }
    failures.keySet().removeIf(work -> !work.table().isEmpty() && !isOpen(work.table()));
  }

  private void maintain(OpenTable table, int number, boolean isCheckpointDue) {
    Shard shard = table.shards().get(number);
    long position = shard.appliedPosition();
    Long before = positionAtLastTick.put(shard, position);
    boolean isQuiet = before != null && before == position;
    guarded(
        new Work(table.name(), number, "maintenance"),
        () -> {
          Work fold = new Work(table.name(), number, "fold");
          if (shard.isFoldDue()
              || memory.isRelievedBy(table, shard)
              || (isQuiet && shard.isWorthFolding())) {
            queueFold(fold, shard, shard::fold);
          } else {
            // A caller may have done what failed here.
            failures.remove(fold);
          }
        });
    if (isCheckpointDue && shard.isDirty()) {
      guarded(new Work(table.name(), number, "checkpoint"), shard::checkpoint);
    }
  }

  private boolean isOpen(String table) {
    for (OpenTable open : tables.open()) {
      if (open.name().equals(table)) {
        return true;
      }
    }
    return false;
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
  private void guarded(Work work, Runnable action) {
    try {
      action.run();
      if (failures.remove(work) != null) {
        LOG.info("{} works again", work);
      }
    } catch (CancellationException e) {
      LOG.debug("{} cancelled", work);
    } catch (KindredException e) {
      if (folds.isShutdown() || e.code() == ErrorCode.TABLE_NOT_FOUND) {
        // Closing interrupts a fold, and so does dropping its table; its files are deleted later.
        LOG.debug("{} cut short", work, e);
      } else if (isFirst(work, e)) {
        LOG.warn("{} failed, tried again: {}", work, e.getMessage());
      }
    } catch (RuntimeException e) {
      if (isFirst(work, e)) {
        LOG.error("{} failed, tried again", work, e);
      }
    }
  }

  /// Counts a failure.
  ///
  /// @return whether the work had succeeded until now
  private boolean isFirst(Work work, RuntimeException cause) {
    options.listener().maintenanceFailed(work.table(), work.what());
    return failures.put(work, String.valueOf(cause.getMessage())) == null;
  }

  /// What does not succeed at the moment, a sentence each.
  List<String> problems() {
    return failures.entrySet().stream()
        .map(entry -> entry.getKey() + " failed, tried again: " + entry.getValue())
        .sorted()
        .toList();
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
