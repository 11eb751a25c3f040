package io.kindred.engine.shard;

import io.kindred.engine.KindredException;
import io.kindred.engine.segment.Delta;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has the rows of a shard's active delta linked on another thread, one task at a time.
/// Thread-safe.
final class DeltaLinker {
  private static final Logger LOG = LoggerFactory.getLogger(DeltaLinker.class);

  private final Shard shard;
  private final String name;
  private final Executor executor;
  private final BooleanSupplier isStopped;
  private final AtomicBoolean isRunning = new AtomicBoolean();

  /// @param isStopped whether the shard is closed or about to be
  DeltaLinker(Shard shard, String name, Executor executor, BooleanSupplier isStopped) {
    this.shard = shard;
    this.name = name;
    this.executor = executor;
    this.isStopped = isStopped;
  }

  /// Starts a task where rows wait and none runs.
  void start(Delta active) {
    if (active.hasUnlinked() && isRunning.compareAndSet(false, true)) {
      try {
        executor.execute(this::link);
      } catch (RejectedExecutionException e) {
        LOG.debug("rows stay unlinked: the store is closed");
      }
    }
  }

  private void link() {
    boolean isBehind = true;
    while (isBehind && !isStopped.getAsBoolean()) {
      try {
        isBehind = linkSome();
      } catch (KindredException e) {
        // Memory is short, or the table gone: the rows are found all the same, more slowly.
        LOG.warn("rows of {} stay unlinked: {}", name, e.getMessage());
        return;
      } finally {
        isRunning.set(false);
      }
      isBehind = isBehind && isRunning.compareAndSet(false, true);
    }
  }

  /// @return whether there is more to link
  private boolean linkSome() {
    ShardView view = shard.acquire();
    try {
      // What is frozen is linked for good by the fold, which needs the processor itself.
      view.active().link(() -> isStopped.getAsBoolean() || !shard.isCurrent(view));
      return view.active().hasUnlinked() || !shard.isCurrent(view);
    } finally {
      view.lifetime().release();
    }
  }
}
