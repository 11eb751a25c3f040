package io.kindred.engine.hnsw;

import io.kindred.engine.vector.Candidate;
import io.kindred.engine.vector.CodeRows;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.GraphMemory;
import io.kindred.engine.vector.Walk;
import java.util.Arrays;
import java.util.concurrent.locks.Lock;

/// Inserts nodes into a graph under construction. Owned by one worker thread; many work on one
/// graph.
final class Inserter {
  private final GrowingGraph graph;
  private final LinkTable table;
  private final CodeRows rows;
  private final GraphKernel kernel = GraphKernel.best();
  private final Walk walk = new Walk();
  private final int efConstruction;
  private final long[] chosen;
  private final long[] crowd;
  private final long[] nearest = new long[NearRows.COUNT_MAX];
  private final int[] linked;
  private GraphMemory view;

  /// @param view where walks begin, until another is set
  Inserter(GrowingGraph graph, GraphMemory view, int efConstruction) {
    this.graph = graph;
    this.table = graph.table();
    this.rows = graph.codes().rows();
    this.view = view;
    this.efConstruction = efConstruction;
    chosen = new long[table.degreeMax];
    crowd = new long[table.links.stride() + 1];
    linked = new int[table.links.stride()];
    walk.reserve(rows, graph.codes().rowCount(), efConstruction);
  }

  /// Sets where walks begin from now on.
  void setView(GraphMemory view) {
    this.view = view;
  }

  Walk walk() {
    return walk;
  }

  /// Links a row with near ones, both ways.
  void insert(int node) {
    kernel.load(rows, node, walk);
    kernel.search(view, walk, efConstruction);
    choose(node, without(node));
  }

  /// Chooses links among the walk's candidates.
  private void choose(int node, int found) {
    int settled = kernel.select(rows, walk, found, table.degreeMax, graph.alpha());
    int count = graph.isSkewed() ? Math.min(found, table.degreeMax) : settled;
    walk.candidates(chosen, count);
    Lock lock = table.lock(node);
    lock.lock();
    try {
      table.replace(node, chosen, count, settled);
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < count; i++) {
      connect(Candidate.ordinal(chosen[i]), node, Candidate.distance(chosen[i]));
    }
  }

  /// Links a row with the best of its near rows, both ways.
  void link(int node, NearRows near) {
    int count = near.read(node, nearest);
    walk.setCandidates(nearest, count);
    choose(node, count);
  }

  /// Looks for better links around the ones that a row has, and takes them.
  void refine(int node, int width) {
    int count = table.links.read(node, linked);
    for (int i = 0; i < count; i++) {
      walk.setId(i, linked[i]);
    }
    kernel.load(rows, node, walk);
    kernel.walk(view, walk, count, width);
    choose(node, without(node));
  }

  /// Drops a node from what the walk found: others may already lead to it.
  ///
  /// @return how many are left
  private int without(int node) {
    int kept = 0;
    for (int i = 0; i < walk.size(); i++) {
      long candidate = walk.candidate(i);
      if (Candidate.ordinal(candidate) != node) {
        walk.setCandidate(kept++, candidate);
      }
    }
    return kept;
  }

  private void connect(int from, int to, float length) {
    Lock lock = table.lock(from);
    lock.lock();
    try {
      if (!table.append(from, to, length)) {
        int count = table.read(from, crowd);
        crowd[count++] = Candidate.of(length, to);
        int kept = select(count);
        table.replace(from, crowd, kept, kept);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Chooses among the crowd; the chosen come first, then those refused.
  private int select(int count) {
    Arrays.sort(crowd, 0, count);
    walk.setCandidates(crowd, count);
    int kept = kernel.select(rows, walk, count, table.degreeMax, graph.alpha());
    walk.candidates(crowd, count);
    return kept;
  }

  /// Cuts a node's links down to the final degree, and sorts them by length.
  void trim(int node) {
    Lock lock = table.lock(node);
    lock.lock();
    try {
      int count = table.read(node, crowd);
      if (count > table.degreeMax) {
        select(count);
        count = table.degreeMax;
      }
      for (int i = 0; i < count; i++) {
        crowd[i] &= ~Candidate.MARK;
      }
      Arrays.sort(crowd, 0, count);
      table.replace(node, crowd, count, 0);
    } finally {
      lock.unlock();
    }
  }

  /// Makes a node reachable: links to it from the nearest reachable node that has room.
  ///
  /// Where none has, it is put between the nearest one and that one's farthest neighbour, so that
  /// nothing is cut off instead. No other thread works on the graph.
  ///
  /// @param near the graph, compared in the way in which each row is near some other
  void attach(int node, GraphMemory near, Reach reach) {
    kernel.load(near.rows(), node, walk);
    kernel.search(near, walk, efConstruction);
    int nearest = -1;
    for (int i = 0; i < walk.size(); i++) {
      int from = Candidate.ordinal(walk.candidate(i));
      if (!reach.has(from)) {
        continue;
      }
      nearest = nearest < 0 ? from : nearest;
      if (table.count(from) < table.degreeMax) {
        table.append(from, node, length(from, node));
        reach.add(node);
        return;
      }
    }
    // The walk began at an entry, and those are reachable.
    assert nearest >= 0;
    splice(nearest, node);
    reach.add(node);
  }

  private void splice(int from, int node) {
    int count = table.read(from, crowd);
    long cut = crowd[count - 1];
    crowd[count - 1] = Candidate.of(length(from, node), node);
    table.replace(from, crowd, count, 0);
    int own = table.read(node, crowd);
    crowd[own == table.degreeMax ? own - 1 : own++] = cut & ~Candidate.MARK;
    table.replace(node, crowd, own, 0);
  }

  private float length(int from, int to) {
    kernel.load(rows, from, walk);
    walk.setId(0, to);
    kernel.score(rows, walk, 1);
    return walk.distance(0);
  }
}
