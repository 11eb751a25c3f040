package io.kindred.engine.index;

import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;

/// The invariants of a finished graph.
final class GraphCheck {
  private GraphCheck() {}

  /// Finds the first violation, if there is one.
  ///
  /// @param linkedCount how many rows the graph says it reaches
  static Optional<String> findViolation(HnswGraph graph, Presence presence, int linkedCount) {
    Optional<String> violation = inLinks("bottom", graph.bottom(), presence);
    List<Layer> upper = graph.upper();
    for (int i = 0; i < upper.size() && violation.isEmpty(); i++) {
      violation = inLinks("layer " + (i + 1), upper.get(i), presence);
    }
    return violation.isPresent() ? violation : inReach(graph, presence, linkedCount);
  }

  private static Optional<String> inLinks(String name, Layer layer, Presence presence) {
    for (int node = 0; node < layer.nodeCount(); node++) {
      boolean isPresent = presence.has(layer.ordinal(node));
      boolean hasEnded = false;
      for (int i = 0; i < layer.stride(); i++) {
        int link = layer.links().get(Layer.INT, layer.offset(node) + (long) i * Integer.BYTES);
        if (link == Layer.NONE) {
          hasEnded = true;
        } else if (hasEnded || !isPresent) {
          return violation(
              name, node, link, hasEnded ? "none after the end" : "none, has no vector");
        } else if (link < 0 || link >= layer.nodeCount() || link == node) {
          return violation(name, node, link, "another node below " + layer.nodeCount());
        } else if (!presence.has(layer.ordinal(link))) {
          return violation(name, node, link, "a node with a vector");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> inReach(HnswGraph graph, Presence presence, int linkedCount) {
    Layer bottom = graph.bottom();
    int present = presence.count(bottom.nodeCount());
    if (present != linkedCount) {
      return Optional.of("linked rows: " + linkedCount + " (expected: " + present + ")");
    }
    try (Arena arena = Arena.ofConfined()) {
      Reach reach = new Reach(bottom, arena);
      for (int entry : graph.entries()) {
        reach.add(entry);
      }
      for (int ordinal = 0; reach.count() < linkedCount; ordinal++) {
        if (presence.has(ordinal) && !reach.has(ordinal)) {
          return Optional.of("row " + ordinal + ": not reached (expected: from the entries)");
        }
      }
    }
    return Optional.empty();
  }

  private static Optional<String> violation(String layer, int node, int link, String expected) {
    return Optional.of(
        "link of node " + node + ", " + layer + ": " + link + " (expected: " + expected + ")");
  }
}
