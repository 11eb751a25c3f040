package io.kindred.engine.index;

import java.util.Arrays;
import java.util.concurrent.locks.Lock;

/// Inserts nodes into a graph under construction. Owned by one worker thread; many work on one
/// graph.
final class Inserter {
  private static final int ATTACH_WIDTH = 64;

  private final BuildGraph graph;
  private final HnswGraph view;
  private final int m;
  private final int efConstruction;
  private final SearchContext context = new SearchContext();
  private final LinkSelector selector = new LinkSelector();
  private final long[] found;
  private final long[] crowd;

  /// By upper layer, from the lowest: the links chosen for the node at hand, and how many.
  private final long[][] chosen;

  private final int[] chosenCounts;

  /// @param entry the ordinal where walks over the bottom layer start
  Inserter(BuildGraph graph, int entry, int m, int efConstruction) {
    this.graph = graph;
    this.view = graph.view(new int[] {entry});
    this.m = m;
    this.efConstruction = efConstruction;
    found = new long[Math.max(efConstruction, graph.bottom().degreeMax)];
    crowd = new long[graph.bottom().layer.stride() + 1];
    chosen = new long[graph.upper().size()][m];
    chosenCounts = new int[graph.upper().size()];
  }

  SearchContext context() {
    return context;
  }

  LinkSelector selector() {
    return selector;
  }

  /// Inserts an upper node into the upper layers that it is in.
  void insertAbove(int slot) {
    graph.space().load(graph.nodes().ordinal(slot), context.origin);
    chooseAbove(slot);
    linkAbove(slot);
  }

  /// Inserts an upper node into all its layers.
  ///
  /// Linked from the bottom up: where a walk can meet it, it must lead on below.
  void insertEverywhere(int slot) {
    int ordinal = graph.nodes().ordinal(slot);
    graph.space().load(ordinal, context.origin);
    context.walk.startAt(graph.nodes().ordinal(chooseAbove(slot)));
    context.starts[context.startCount++] = view.entries()[0];
    insertBelow(ordinal);
    linkAbove(slot);
  }

  /// Inserts a row that is on the bottom layer only.
  void insertBottom(int ordinal) {
    graph.space().load(ordinal, context.origin);
    view.descend(context);
    insertBelow(ordinal);
  }

  /// Inserts the entry of the upper layers into the bottom one, where it holds nodes already.
  void insertEntry(int ordinal) {
    graph.space().load(ordinal, context.origin);
    context.walk.startAt(view.entries()[0]);
    insertBelow(ordinal);
  }

  /// Makes a node reachable: links to it from the nearest reachable node that has room.
  ///
  /// Where none has, it is put between the nearest one and that one's farthest neighbour, so that
  /// nothing is cut off instead. No other thread works on the graph.
  void attach(int node, Reach reach) {
    Space space = graph.space().forAngles();
    space.load(node, context.origin);
    view.withSpace(space).descend(context);
    if (!attachNearStarts(space, node, reach)) {
      // The upper layers lead to where the bottom does not.
      context.walk.startAt(view.entries()[0]);
      boolean isAttached = attachNearStarts(space, node, reach);
      assert isAttached : "the entry is reachable";
    }
    reach.add(node);
  }

  private boolean attachNearStarts(Space space, int node, Reach reach) {
    BuildLayer layer = graph.bottom();
    context.walk.fillBeam(space, layer.layer, context.origin, ATTACH_WIDTH);
    Beam beam = context.beam;
    int nearest = -1;
    for (int i = 0; i < beam.size(); i++) {
      int from = Candidate.ordinal(beam.get(i));
      if (!reach.has(from)) {
        continue;
      }
      nearest = nearest < 0 ? from : nearest;
      if (layer.count(from) < layer.degreeMax) {
        layer.append(from, node, Candidate.distance(beam.get(i)));
        return true;
      }
    }
    if (nearest >= 0) {
      splice(layer, nearest, node);
    }
    return nearest >= 0;
  }

  private void splice(BuildLayer layer, int from, int node) {
    int count = layer.read(from, crowd);
    long cut = crowd[count - 1];
    crowd[count - 1] = Candidate.of(Candidate.distance(cut), node);
    layer.replace(from, crowd, count, 0);
    int own = layer.read(node, crowd);
    crowd[own == layer.degreeMax ? own - 1 : own++] = cut & ~Candidate.MARK;
    layer.replace(node, crowd, own, 0);
  }

  /// Cuts a node's links down to the final degree, and sorts them by length.
  void trim(BuildLayer layer, int node) {
    Lock lock = layer.lock(node);
    lock.lock();
    try {
      int count = layer.read(node, crowd);
      sort(crowd, count);
      if (count > layer.degreeMax) {
        count = selector.select(graph.space(), layer.layer, crowd, count, layer.degreeMax);
        count = selector.fill(crowd, count, layer.degreeMax);
      }
      layer.replace(node, crowd, count, 0);
    } finally {
      lock.unlock();
    }
  }

  /// Links two nodes that are `length` apart, in one direction.
  void connect(BuildLayer layer, int from, int to, float length) {
    Lock lock = layer.lock(from);
    lock.lock();
    try {
      if (!layer.append(from, to, length)) {
        int count = layer.read(from, crowd);
        crowd[count++] = Candidate.of(length, to);
        sort(crowd, count);
        int kept = selector.select(graph.space(), layer.layer, crowd, count, layer.degreeMax);
        layer.replace(from, crowd, kept, kept);
      }
    } finally {
      lock.unlock();
    }
  }

  /// Chooses the links of an upper node on each of its upper layers.
  ///
  /// @return the slot of the nearest node found on the lowest of them
  private int chooseAbove(int slot) {
    int layers = graph.nodes().layersOf(slot);
    int nearest = 0;
    for (int i = graph.upper().size() - 1; i >= 0; i--) {
      BuildLayer layer = graph.upper().get(i);
      if (i >= layers) {
        nearest = context.walk.descend(graph.space(), layer.layer, context.origin, nearest);
      } else {
        context.walk.startAt(nearest);
        int count = collect(layer);
        nearest = Candidate.ordinal(found[0]);
        chosenCounts[i] = selector.select(graph.space(), layer.layer, found, count, m);
        System.arraycopy(found, 0, chosen[i], 0, chosenCounts[i]);
      }
    }
    return nearest;
  }

  private void linkAbove(int slot) {
    for (int i = 0; i < graph.nodes().layersOf(slot); i++) {
      link(graph.upper().get(i), slot, chosen[i], chosenCounts[i], chosenCounts[i]);
    }
  }

  private void insertBelow(int ordinal) {
    BuildLayer layer = graph.bottom();
    // Carried links may lead to a row that had none of its own, so that the walk meets it.
    int count = without(ordinal, collect(layer));
    int settled = selector.select(graph.space(), layer.layer, found, count, m);
    int linkCount =
        graph.space().isSkewed() ? selector.fill(found, settled, layer.degreeMax) : settled;
    link(layer, ordinal, found, linkCount, settled);
  }

  /// Links a node with the first `count`, both ways; the first `settled` are diverse among each
  /// other.
  private void link(BuildLayer layer, int node, long[] links, int count, int settled) {
    Lock lock = layer.lock(node);
    lock.lock();
    try {
      layer.replace(node, links, count, settled);
    } finally {
      lock.unlock();
    }
    for (int i = 0; i < count; i++) {
      connect(layer, Candidate.ordinal(links[i]), node, Candidate.distance(links[i]));
    }
  }

  /// The nearest nodes that a walk from the context's starts finds, nearest first, into `found`.
  private int collect(BuildLayer layer) {
    Space space = graph.space();
    if (efConstruction <= Beam.WIDTH_MAX) {
      context.walk.fillBeam(space, layer.layer, context.origin, efConstruction);
      Beam beam = context.beam;
      for (int i = 0; i < beam.size(); i++) {
        found[i] = beam.get(i);
      }
      return beam.size();
    }
    context.wide.reset(efConstruction);
    context.walk.fillPassing(space, layer.layer, context.origin, Pass.ALL, context.wide);
    return context.wide.drain(found);
  }

  /// Drops a node from those found.
  private int without(int node, int count) {
    int kept = 0;
    for (int i = 0; i < count; i++) {
      if (Candidate.ordinal(found[i]) != node) {
        found[kept++] = found[i];
      }
    }
    return kept;
  }

  private static void sort(long[] candidates, int count) {
    Arrays.sort(candidates, 0, count);
  }
}
