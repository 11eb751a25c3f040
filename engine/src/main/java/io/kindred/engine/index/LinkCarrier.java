package io.kindred.engine.index;

import io.kindred.engine.index.Space.Origin;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.Lock;

/// Carries the bottom links of an old graph over to a new one in which some nodes are gone. Owned
/// by one worker thread; many work on one graph.
///
/// A node that lost neighbours chooses anew among those it kept and the neighbours of those it
/// lost: the paths that led through a dead node are closed again around it.
final class LinkCarrier {
  private static final int CROWD_MAX = 512;

  private final Layer old;
  private final MemorySegment oldToNew;
  private final Space space;
  private final BuildLayer layer;
  private final LinkSelector selector = new LinkSelector();
  private final Origin origin = new Origin();
  private final int[] links;
  private final int[] linksOfDead;
  private final int[] crowd = new int[CROWD_MAX];
  private final float[] distances = new float[CROWD_MAX];
  private final long[] candidates = new long[CROWD_MAX];
  private int crowdCount;

  /// @param oldToNew the new ordinal of each old one, or a negative number where it is gone
  LinkCarrier(Layer old, MemorySegment oldToNew, BuildGraph graph) {
    this.old = old;
    this.oldToNew = oldToNew;
    space = graph.space();
    layer = graph.bottom();
    links = new int[old.stride()];
    linksOfDead = new int[old.stride()];
  }

  void carry(int oldOrdinal) {
    int node = newOrdinal(oldOrdinal);
    if (node < 0) {
      return;
    }
    int lost = gather(oldOrdinal);
    space.load(node, origin);
    space.score(origin, crowd, crowdCount, distances);
    for (int i = 0; i < crowdCount; i++) {
      candidates[i] = Candidate.of(distances[i], crowd[i]);
    }
    Arrays.sort(candidates, 0, crowdCount);
    int count = distinctOthers(node);
    int settled = 0;
    if (lost > 0 || count > layer.degreeMax) {
      settled = selector.select(space, layer.layer, candidates, count, layer.degreeMax);
      count = selector.fill(candidates, settled, layer.degreeMax);
    }
    Lock lock = layer.lock(node);
    lock.lock();
    try {
      layer.replace(node, candidates, count, settled);
    } finally {
      lock.unlock();
    }
  }

  /// Gathers the live neighbours, and those of the dead ones, as new ordinals.
  ///
  /// @return how many neighbours are dead
  private int gather(int oldOrdinal) {
    crowdCount = 0;
    int linkCount = old.read(oldOrdinal, links);
    int lost = 0;
    for (int i = 0; i < linkCount; i++) {
      int neighbour = newOrdinal(links[i]);
      if (neighbour >= 0) {
        crowd[crowdCount++] = neighbour;
      } else {
        lost++;
      }
    }
    for (int i = 0; i < linkCount && lost > 0; i++) {
      if (newOrdinal(links[i]) < 0) {
        gatherAround(links[i]);
      }
    }
    return lost;
  }

  private void gatherAround(int dead) {
    int count = old.read(dead, linksOfDead);
    for (int i = 0; i < count && crowdCount < CROWD_MAX; i++) {
      int neighbour = newOrdinal(linksOfDead[i]);
      if (neighbour >= 0) {
        crowd[crowdCount++] = neighbour;
      }
    }
  }

  /// Drops the node itself and what comes twice from the sorted candidates.
  private int distinctOthers(int node) {
    int count = 0;
    for (int i = 0; i < crowdCount; i++) {
      boolean isNew = count == 0 || candidates[i] != candidates[count - 1];
      if (isNew && Candidate.ordinal(candidates[i]) != node) {
        candidates[count++] = candidates[i];
      }
    }
    return count;
  }

  private int newOrdinal(int oldOrdinal) {
    return oldToNew.getAtIndex(Layer.INT, oldOrdinal);
  }
}
