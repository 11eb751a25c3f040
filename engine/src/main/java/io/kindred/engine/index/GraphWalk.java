package io.kindred.engine.index;

/// Best-first walks over one layer of a graph. Owned by one thread; uses the scratch of its
/// context.
///
/// Each hop gathers the unseen neighbours of a node and scores them in one call.
final class GraphWalk {
  private final SearchContext context;

  GraphWalk(SearchContext context) {
    this.context = context;
  }

  /// Walks from a node to nearer ones until no neighbour is nearer.
  ///
  /// @return where it ended
  int descend(Space space, Layer layer, Space.Origin origin, int from) {
    SearchContext c = context;
    c.ensureHop(layer.stride());
    c.nodes[0] = from;
    space.score(origin, layer.ordinals(c.nodes, 1, c.ordinals), 1, c.distances);
    c.visitedCount++;
    int best = from;
    float bestDistance = c.distances[0];
    // Each step is nearer than the last, so no node comes twice.
    for (boolean moved = true; moved; ) {
      moved = false;
      int count = layer.read(best, c.links);
      space.score(origin, layer.ordinals(c.links, count, c.ordinals), count, c.distances);
      c.visitedCount += count;
      for (int i = 0; i < count; i++) {
        if (c.distances[i] < bestDistance) {
          bestDistance = c.distances[i];
          best = c.links[i];
          moved = true;
        }
      }
    }
    return best;
  }

  /// Sets the one node where the next walk starts.
  void startAt(int node) {
    context.starts[0] = node;
    context.startCount = 1;
  }

  /// Fills the beam with the `width` nearest nodes that a walk from the starts reaches.
  ///
  /// @param width at most [Beam#WIDTH_MAX]
  void fillBeam(Space space, Layer layer, Space.Origin origin, int width) {
    SearchContext c = context;
    forgetSeen(layer);
    Beam beam = c.beam;
    beam.reset(width);
    int count = unseen(c.starts, c.startCount);
    while (true) {
      space.score(origin, layer.ordinals(c.nodes, count, c.ordinals), count, c.distances);
      c.visitedCount += count;
      for (int i = 0; i < count; i++) {
        long candidate = Candidate.of(c.distances[i], c.nodes[i]);
        if (candidate < beam.bound()) {
          beam.offer(candidate);
        }
      }
      int next = beam.expandNext();
      if (next < 0) {
        return;
      }
      count = unseen(c.links, layer.read(next, c.links));
    }
  }

  /// Fills `into` with the nearest passing nodes that a walk from the starts reaches: it goes on
  /// until all that is left is farther than the farthest of a full `into`, or the visit budget is
  /// spent.
  void fillPassing(Space space, Layer layer, Space.Origin origin, Pass pass, TopK into) {
    SearchContext c = context;
    forgetSeen(layer);
    NearestFirst frontier = c.frontier;
    frontier.clear();
    int count = unseen(c.starts, c.startCount);
    while (true) {
      space.score(origin, layer.ordinals(c.nodes, count, c.ordinals), count, c.distances);
      c.visitedCount += count;
      for (int i = 0; i < count; i++) {
        long candidate = Candidate.of(c.distances[i], c.nodes[i]);
        if (candidate < into.bound()) {
          frontier.add(candidate);
          if (pass.test(c.nodes[i])) {
            into.offer(candidate);
          }
        }
      }
      c.hasGivenUp = c.visitedCount > c.visitBudget;
      if (frontier.isEmpty() || c.hasGivenUp) {
        return;
      }
      long next = frontier.remove();
      if (next > into.bound()) {
        return;
      }
      count = unseen(c.links, layer.read(Candidate.ordinal(next), c.links));
    }
  }

  private void forgetSeen(Layer layer) {
    context.ensureHop(layer.stride());
    context.visited.reset(layer.nodeCount());
  }

  private int unseen(int[] from, int fromCount) {
    VisitedSet visited = context.visited;
    int[] nodes = context.nodes;
    int count = 0;
    for (int i = 0; i < fromCount; i++) {
      if (visited.add(from[i])) {
        nodes[count++] = from[i];
      }
    }
    return count;
  }
}
