package io.kindred.engine.segment;

import io.kindred.engine.FoldStep;
import io.kindred.engine.disk.Disk;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.concurrent.CancellationException;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Makes a new base from a base and a delta, without their dead and expired rows.
///
/// The sources go on changing while it runs: it works on copies of their dead bits, and
/// [#carryOver] afterwards marks in the new base what died meanwhile. Owned by one thread, but for
/// `carryOver`, which the applying thread calls.
public final class Fold implements AutoCloseable {
  private static final int ROWS_BETWEEN_CHECKS = 4096;

  private final Schema schema;
  private final @Nullable Base base;
  private final @Nullable Delta delta;
  private final int deltaSize;
  private final Arena arena = Arena.ofShared();
  private final @Nullable Bitmap baseDead;
  private final @Nullable Bitmap deltaDead;
  private final long logTimeMillis;
  private final OrdinalMap fromBase;
  private final OrdinalMap fromDelta;
  private @Nullable Base result;

  /// Takes the snapshots; called while nothing is applied to the shard.
  ///
  /// @param delta takes no more rows, or null where there is none
  /// @param logTimeMillis rows that are expired by then are dropped
  public Fold(Schema schema, @Nullable Base base, @Nullable Delta delta, long logTimeMillis) {
    this.schema = schema;
    this.base = base;
    this.delta = delta;
    this.deltaSize = delta == null ? 0 : delta.size();
    this.baseDead = base == null ? null : base.dead().copy(base.size(), arena);
    this.deltaDead = delta == null ? null : delta.dead().copy(deltaSize, arena);
    this.logTimeMillis = logTimeMillis;
    this.fromBase = new OrdinalMap(base == null ? 0 : base.size(), arena);
    this.fromDelta = new OrdinalMap(deltaSize, arena);
  }

  /// Hears how far a fold has come.
  @FunctionalInterface
  public interface Watcher {
    void at(FoldStep step, long done, long total);
  }

  /// How to write and index the new base.
  ///
  /// @param number of the new base
  /// @param reaper unmaps the new base's files after its last lease
  public record Plan(
      Disk disk, Path directory, long number, int threads, Executor reaper, Watcher watcher) {}

  /// Writes, maps and indexes the new base.
  ///
  /// @return the new base with one reference for the caller, or null where no row is left
  /// @throws CancellationException when the thread is interrupted; no file is left then
  public @Nullable Base run(Plan plan) {
    int live = countLive();
    if (live == 0) {
      return null;
    }
    BaseManifest manifest = merge(plan, live);
    Base merged = Base.open(plan.disk(), plan.directory(), manifest, schema, plan.reaper());
    try {
      plan.watcher().at(FoldStep.INDEXING, 0, 0);
      BaseIndexes indexes = new BaseIndexes(merged, schema, plan);
      indexes.buildPartitions();
      indexes.build(base, fromBase);
      result = merged;
      return merged;
    } catch (RuntimeException e) {
      merged.lifetime().release();
      throw e;
    }
  }

  /// Marks in the new base the rows that were replaced or deleted while it was built. Called while
  /// nothing is applied to the shard.
  public void carryOver() {
    if (result == null) {
      return;
    }
    if (base != null && baseDead != null) {
      carryOver(base, baseDead, fromBase);
    }
    if (delta != null && deltaDead != null) {
      carryOver(delta, deltaDead, fromDelta);
    }
  }

  private void carryOver(Rows source, Bitmap before, OrdinalMap map) {
    if (source.deadCount() == before.cardinality() || result == null) {
      return;
    }
    for (int ordinal = 0; ordinal < before.size(); ordinal++) {
      int mapped = map.get(ordinal);
      if (mapped >= 0 && source.isDead(ordinal)) {
        result.markDead(mapped);
      }
    }
  }

  private BaseManifest merge(Plan plan, int live) {
    BaseBuilder.Target target =
        new BaseBuilder.Target(plan.disk(), plan.directory(), plan.number());
    try (BaseBuilder builder = new BaseBuilder(schema, target, live)) {
      int[] deltaOrder = deltaOrder();
      RowCursor baseCursor = new RowCursor(schema);
      RowCursor deltaCursor = new RowCursor(schema);
      int fromBaseNext = nextLiveInBase(0);
      int fromDeltaNext = 0;
      int baseEnd = base == null ? 0 : base.size();
      for (int added = 0; added < live; added++) {
        if (added % ROWS_BETWEEN_CHECKS == 0) {
          checkCancelled(added);
          plan.watcher().at(FoldStep.MERGING, added, live);
        }
        boolean takeBase = fromDeltaNext == deltaOrder.length;
        if (!takeBase && fromBaseNext < baseEnd && base != null && delta != null) {
          base.read(fromBaseNext, baseCursor);
          delta.read(deltaOrder[fromDeltaNext], deltaCursor);
          takeBase = baseCursor.compareKey(deltaCursor) < 0;
        }
        if (takeBase && base != null) {
          fromBase.set(fromBaseNext, builder.add(base, fromBaseNext));
          fromBaseNext = nextLiveInBase(fromBaseNext + 1);
        } else if (delta != null) {
          int ordinal = deltaOrder[fromDeltaNext++];
          fromDelta.set(ordinal, builder.add(delta, ordinal));
        }
      }
      return builder.finish();
    }
  }

  private int countLive() {
    int live = deltaOrder().length;
    int end = base == null ? 0 : base.size();
    for (int ordinal = nextLiveInBase(0); ordinal < end; ordinal = nextLiveInBase(ordinal + 1)) {
      live++;
    }
    return live;
  }

  private int nextLiveInBase(int from) {
    int ordinal = from;
    if (base == null || baseDead == null) {
      return ordinal;
    }
    while (ordinal < base.size()
        && (baseDead.get(ordinal) || base.expiryMillis(ordinal) <= logTimeMillis)) {
      ordinal++;
    }
    return ordinal;
  }

  /// Live ordinals of the delta in key order.
  private int[] deltaOrder() {
    if (delta == null || deltaDead == null) {
      return new int[0];
    }
    int[] ordinals = new int[deltaSize - deltaDead.cardinality()];
    int count = 0;
    for (int ordinal = 0; ordinal < deltaSize; ordinal++) {
      if (!deltaDead.get(ordinal) && delta.expiryMillis(ordinal) > logTimeMillis) {
        ordinals[count++] = ordinal;
      }
    }
    int[] order = java.util.Arrays.copyOf(ordinals, count);
    new KeyOrder(delta, schema).sort(order);
    return order;
  }

  private static void checkCancelled(int added) {
    if (Thread.currentThread().isInterrupted()) {
      throw new CancellationException("fold: interrupted after " + added + " rows");
    }
  }

  @Override
  public void close() {
    arena.close();
  }
}
