package io.kindred.engine.index;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The nodes that stand above the bottom layer, in slots: those of the highest layer first.
///
/// Which they are depends on the ordinals alone: a node reaches layer `l` with probability `m^-l`.
/// Immutable, thread-safe.
///
/// @param ordinals the ordinal of each slot
/// @param counts `counts[l]` nodes reach layer `l + 1`; not increasing, none is 0
record UpperNodes(MemorySegment ordinals, int[] counts) {
  private static final int LEVEL_MAX = 30;
  private static final long SEED = 0x4b49_4e44_5245_44L;

  static UpperNodes choose(int m, int rowCount, Presence presence, Arena arena) {
    int[] atLevel = new int[LEVEL_MAX + 1];
    for (int ordinal = 0; ordinal < rowCount; ordinal++) {
      if (presence.has(ordinal)) {
        atLevel[level(ordinal, m)]++;
      }
    }
    int[] next = new int[LEVEL_MAX + 1];
    int total = 0;
    int top = 0;
    for (int level = LEVEL_MAX; level >= 1; level--) {
      next[level] = total;
      total += atLevel[level];
      top = top == 0 && total > 0 ? level : top;
    }
    int[] counts = new int[top];
    for (int level = 1; level <= top; level++) {
      counts[level - 1] = next[level] + atLevel[level];
    }
    MemorySegment ordinals = arena.allocate(Layer.INT, Math.max(1, total));
    for (int ordinal = 0; ordinal < rowCount; ordinal++) {
      int level = presence.has(ordinal) ? level(ordinal, m) : 0;
      if (level > 0) {
        ordinals.setAtIndex(Layer.INT, next[level]++, ordinal);
      }
    }
    return new UpperNodes(ordinals, counts);
  }

  /// The layer that an ordinal reaches, 0 for the bottom.
  static int level(int ordinal, int m) {
    double uniform = ((mix(ordinal ^ SEED) >>> 11) + 1) * 0x1.0p-53;
    return (int) Math.min(LEVEL_MAX, -Math.log(uniform) / Math.log(m));
  }

  int count() {
    return counts.length == 0 ? 0 : counts[0];
  }

  /// How many upper layers a slot is in.
  int layersOf(int slot) {
    int layers = 0;
    while (layers < counts.length && slot < counts[layers]) {
      layers++;
    }
    return layers;
  }

  int ordinal(int slot) {
    return ordinals.getAtIndex(Layer.INT, slot);
  }

  /// The finalizer of SplitMix64.
  private static long mix(long z) {
    long a = (z ^ (z >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
    long b = (a ^ (a >>> 27)) * 0x94d0_49bb_1331_11ebL;
    return b ^ (b >>> 31);
  }
}
