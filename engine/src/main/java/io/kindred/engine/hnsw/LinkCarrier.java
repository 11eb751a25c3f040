package io.kindred.engine.hnsw;

import io.kindred.engine.vector.Candidate;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.Walk;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.locks.Lock;

/// Carries the links of an old graph over to a new one in which some nodes are gone. Owned by one
/// worker thread; many work on one graph.
///
/// A node that lost neighbours chooses anew among those it kept and the neighbours of those it
/// lost: the paths that led through a dead node are closed again around it.
final class LinkCarrier {
  private static final int CROWD_MAX = 512;

  private final Links old;
  private final MemorySegment oldToNew;
  private final RowGroups groups;
  private final GrowingGraph graph;
  private final LinkTable table;
  private final GraphKernel kernel = GraphKernel.best();
  private final Walk walk = new Walk();
  private final int[] links;
  private final int[] linksOfDead;
  private final int[] crowd = new int[CROWD_MAX];
  private final long[] candidates = new long[CROWD_MAX];
  private int crowdCount;

  /// The set of the node that is being carried.
  private int group;

  /// @param oldToNew the new ordinal of each old one, or a negative number where it is gone
  /// @param groups the sets whose rows are carried; a neighbour in another set is lost
  LinkCarrier(Links old, MemorySegment oldToNew, RowGroups groups, GrowingGraph graph) {
    this.old = old;
    this.oldToNew = oldToNew;
    this.groups = groups;
    this.graph = graph;
    table = graph.table();
    links = new int[old.stride()];
    linksOfDead = new int[old.stride()];
    walk.reserve(graph.codes().rows(), graph.codes().rowCount(), CROWD_MAX);
  }

  void carry(int oldOrdinal) {
    int node = oldToNew.getAtIndex(Links.INT, oldOrdinal);
    group = node < 0 ? RowGroups.NONE : groups.of(node);
    if (group < 0) {
      return;
    }
    int lost = gather(oldOrdinal);
    measure(node);
    int count = distinctOthers(node);
    int settled = 0;
    if (lost > 0 || count > table.degreeMax) {
      walk.setCandidates(candidates, count);
      settled = kernel.select(graph.codes().rows(), walk, count, table.degreeMax, graph.alpha());
      walk.candidates(candidates, count);
      count = Math.min(count, table.degreeMax);
    }
    Lock lock = table.lock(node);
    lock.lock();
    try {
      table.replace(node, candidates, count, settled);
    } finally {
      lock.unlock();
    }
  }

  private void measure(int node) {
    kernel.load(graph.codes().rows(), node, walk);
    for (int i = 0; i < crowdCount; i++) {
      walk.setId(i, crowd[i]);
    }
    kernel.score(graph.codes().rows(), walk, crowdCount);
    for (int i = 0; i < crowdCount; i++) {
      candidates[i] = Candidate.of(walk.distance(i), crowd[i]);
    }
    Arrays.sort(candidates, 0, crowdCount);
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

  /// The new ordinal of a row that is in the node's set, or a negative number.
  private int newOrdinal(int oldOrdinal) {
    int ordinal = oldToNew.getAtIndex(Links.INT, oldOrdinal);
    return ordinal >= 0 && groups.of(ordinal) == group ? ordinal : Links.NONE;
  }
}
