package io.kindred.engine.hnsw;

import io.kindred.engine.index.Presence;
import java.lang.foreign.Arena;
import java.util.Optional;

/// The invariants of a finished graph.
final class GraphCheck {
  private GraphCheck() {}

  /// Finds the first violation, if there is one.
  ///
  /// @param linkedCount how many rows the graph says it reaches
  static Optional<String> findViolation(
      Links links, int[] entries, Presence presence, int linkedCount) {
    for (int node = 0; node < links.rowCount(); node++) {
      Optional<String> violation = inLinksOf(links, node, presence);
      if (violation.isPresent()) {
        return violation;
      }
    }
    return inReach(links, entries, presence, linkedCount);
  }

  private static Optional<String> inLinksOf(Links links, int node, Presence presence) {
    boolean isPresent = presence.has(node);
    boolean hasEnded = false;
    for (int i = 0; i < links.stride(); i++) {
      int link = links.get(node, i);
      if (link == Links.NONE) {
        hasEnded = true;
      } else if (hasEnded || !isPresent) {
        return violation(node, link, hasEnded ? "none after the end" : "none, has no vector");
      } else if (link < 0 || link >= links.rowCount() || link == node) {
        return violation(node, link, "another node below " + links.rowCount());
      } else if (!presence.has(link)) {
        return violation(node, link, "a node with a vector");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> inReach(
      Links links, int[] entries, Presence presence, int linkedCount) {
    int present = presence.count(links.rowCount());
    if (present != linkedCount) {
      return Optional.of("linked rows: " + linkedCount + " (expected: " + present + ")");
    }
    try (Arena arena = Arena.ofConfined()) {
      Reach reach = new Reach(links, arena);
      for (int entry : entries) {
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

  private static Optional<String> violation(int node, int link, String expected) {
    return Optional.of("link of node " + node + ": " + link + " (expected: " + expected + ")");
  }
}
