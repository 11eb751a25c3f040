package io.kindred.engine.shard;

import io.kindred.engine.MemoryBytes;
import io.kindred.engine.disk.Lifetime;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.Rows;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What a shard's readers see: a base, a delta that is being folded into the next base, and the
/// delta that takes the writes. Immutable in its parts; readers hold a lease on it.
///
/// A key's live row is in one part only, and moves only from the base towards the active delta. So
/// a reader that asks the parts in that order misses no row, and may at worst see an old and a new
/// row of one key.
final class ShardView {
  static final long NOWHERE = -1;
  private static final int PART_SHIFT = 32;

  /// Locations of ordinal 0 of each part.
  static final long BASE_PART = 0;

  static final long FROZEN_PART = 1L << PART_SHIFT;
  static final long ACTIVE_PART = 2L << PART_SHIFT;

  private final @Nullable Base base;
  private final @Nullable Delta frozen;
  private final Delta active;
  private final List<Rows> parts;
  private final Lifetime lifetime;

  /// Takes a reference on each part, given back after the view's last lease.
  ShardView(@Nullable Base base, @Nullable Delta frozen, Delta active) {
    this.base = base;
    this.frozen = frozen;
    this.active = active;
    List<Rows> present = new ArrayList<>(3);
    if (base != null) {
      acquire(base.lifetime());
      present.add(base);
    }
    if (frozen != null) {
      acquire(frozen.lifetime());
      present.add(frozen);
    }
    acquire(active.lifetime());
    present.add(active);
    this.parts = List.copyOf(present);
    this.lifetime = new Lifetime(this::releaseParts);
  }

  private static void acquire(Lifetime lifetime) {
    if (!lifetime.tryAcquire()) {
      throw new IllegalStateException("a part of a view has already ended");
    }
  }

  private void releaseParts() {
    if (base != null) {
      base.lifetime().release();
    }
    if (frozen != null) {
      frozen.lifetime().release();
    }
    active.lifetime().release();
  }

  /// The lease count; the shard holds the first reference.
  Lifetime lifetime() {
    return lifetime;
  }

  @Nullable Base base() {
    return base;
  }

  @Nullable Delta frozen() {
    return frozen;
  }

  Delta active() {
    return active;
  }

  /// The parts, oldest first.
  List<Rows> parts() {
    return parts;
  }

  /// Deltas, the older first.
  List<Delta> deltas() {
    return frozen == null ? List.of(active) : List.of(frozen, active);
  }

  /// Where the live row of a key is, as a number for [#rows] and [#ordinal], or `NOWHERE`. An
  /// expired row is found like any other.
  long locate(long slotKey, byte @Nullable [] utf8) {
    if (base != null) {
      int ordinal = base.find(slotKey, utf8);
      if (ordinal >= 0 && !base.isDead(ordinal)) {
        return BASE_PART | ordinal;
      }
    }
    return locateInDeltas(slotKey, utf8);
  }

  private long locateInDeltas(long slotKey, byte @Nullable [] utf8) {
    if (frozen != null) {
      int ordinal = frozen.find(slotKey, utf8);
      if (ordinal >= 0 && !frozen.isDead(ordinal)) {
        return FROZEN_PART | ordinal;
      }
    }
    int ordinal = active.find(slotKey, utf8);
    while (ordinal >= 0) {
      if (!active.isDead(ordinal)) {
        return ACTIVE_PART | ordinal;
      }
      // Dead: deleted, or replaced just now by a newer ordinal that the slot then names.
      int newer = active.find(slotKey, utf8);
      if (newer == ordinal) {
        return NOWHERE;
      }
      ordinal = newer;
    }
    return NOWHERE;
  }

  /// Reads ahead what [#locate] reads first. Deltas are small: only a base is worth it.
  void touchSlot(long slotKey) {
    if (base != null) {
      base.touchSlot(slotKey);
    }
  }

  /// After [#touchSlot], for a text key: reads ahead the stored key that it is compared with.
  void touchKey(long slotKey) {
    if (base != null) {
      base.touchKey(slotKey);
    }
  }

  /// For a single text key: reads ahead the stored key and the vector, which else would wait for
  /// the comparison.
  void touchRow(long slotKey, int field) {
    if (base != null) {
      base.touchRow(slotKey, field);
    }
  }

  Rows rows(long location) {
    if (location >= ACTIVE_PART) {
      return active;
    }
    return Objects.requireNonNull(location >= FROZEN_PART ? frozen : base);
  }

  static int ordinal(long location) {
    return (int) location;
  }

  /// Rows that are neither replaced nor deleted; expired ones count.
  long liveCount() {
    long count = 0;
    for (Rows rows : parts) {
      count += rows.size() - rows.deadCount();
    }
    return count;
  }

  /// Live rows whose time is over.
  long expiredCount(long nowMillis) {
    long count = 0;
    for (Rows rows : parts) {
      if (rows.mayExpire()) {
        int size = rows.size();
        for (int ordinal = 0; ordinal < size; ordinal++) {
          if (rows.expiryMillis(ordinal) <= nowMillis && !rows.isDead(ordinal)) {
            count++;
          }
        }
      }
    }
    return count;
  }

  /// Rows of the deltas, dead ones too.
  long deltaRows() {
    long rows = 0;
    for (Delta delta : deltas()) {
      rows += delta.size();
    }
    return rows;
  }

  long deltaBytes() {
    long bytes = 0;
    for (Delta delta : deltas()) {
      bytes += delta.sizeBytes();
    }
    return bytes;
  }

  /// Whether a fold would drop many dead rows.
  boolean hasManyDead() {
    return base != null && base.deadCount() * 5L >= base.size();
  }

  /// Memory of the parts.
  MemoryBytes memory() {
    MemoryBytes sum = base == null ? MemoryBytes.NONE : base.memory();
    for (Delta delta : deltas()) {
      sum = sum.plus(delta.memory());
    }
    return sum;
  }
}
