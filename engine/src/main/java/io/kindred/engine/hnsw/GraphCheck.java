package io.kindred.engine.hnsw;

import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Presence;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// The invariants of finished graphs. Owned by one thread.
final class GraphCheck {
  private final Links links;
  private final RowGroups groups;
  private final Reach reach;

  /// What a link must lead to, for people.
  private final String expectedLink;

  private GraphCheck(Links links, RowGroups groups, String expectedLink, Arena arena) {
    this.links = links;
    this.groups = groups;
    this.expectedLink = expectedLink;
    reach = new Reach(links, arena);
  }

  /// Finds the first violation of the graph over all rows, if there is one.
  ///
  /// @param linkedCount how many rows the graph says it reaches
  static Optional<String> findViolation(
      Links links, int[] entries, Presence presence, int linkedCount) {
    try (Arena arena = Arena.ofConfined()) {
      RowSet rows = RowSet.of(links.rowCount(), presence, arena);
      RowGroups groups = ordinal -> presence.has(ordinal) ? 0 : RowGroups.NONE;
      GraphCheck check = new GraphCheck(links, groups, "a node with a vector", arena);
      return check.inLinks().or(() -> check.inReach(rows, entries, 0, linkedCount));
    }
  }

  /// Finds the first violation of the partitions' graphs, if there is one.
  ///
  /// @param byNumber the base's partitions; null for a number that it does not have
  static Optional<String> findPartitionViolation(
      HnswFile.Parts parts, Presence presence, IntFunction<@Nullable OrdinalList> byNumber) {
    try (Arena arena = Arena.ofConfined()) {
      List<RowSet> sets = new ArrayList<>();
      for (HnswFile.Partition partition : parts.partitions()) {
        OrdinalList list = byNumber.apply(partition.number());
        if (list == null) {
          return Optional.of(
              "graph of partition " + partition.number() + " (expected: of one that the base has)");
        }
        sets.add(RowSet.of(list, presence, arena));
      }
      Links links = parts.partitionLinks();
      RowGroups groups = RowGroups.of(sets, links.rowCount(), arena);
      GraphCheck check = new GraphCheck(links, groups, "a node of the same partition", arena);
      Optional<String> violation = check.inLinks();
      for (int i = 0; i < sets.size() && violation.isEmpty(); i++) {
        HnswFile.Partition partition = parts.partitions().get(i);
        violation =
            check
                .inReach(sets.get(i), partition.entries(), i, partition.linkedCount())
                .map(what -> "partition " + partition.number() + ": " + what);
      }
      return violation;
    }
  }

  private Optional<String> inLinks() {
    for (int node = 0; node < links.rowCount(); node++) {
      Optional<String> violation = inLinksOf(node);
      if (violation.isPresent()) {
        return violation;
      }
    }
    return Optional.empty();
  }

  private Optional<String> inLinksOf(int node) {
    int group = groups.of(node);
    boolean hasEnded = false;
    for (int i = 0; i < links.stride(); i++) {
      int link = links.get(node, i);
      if (link == Links.NONE) {
        hasEnded = true;
      } else if (hasEnded || group < 0) {
        return violation(node, link, hasEnded ? "none after the end" : "none, is not linked");
      } else if (link < 0 || link >= links.rowCount() || link == node) {
        return violation(node, link, "another node below " + links.rowCount());
      } else if (groups.of(link) != group) {
        return violation(node, link, expectedLink);
      }
    }
    return Optional.empty();
  }

  private Optional<String> inReach(RowSet rows, int[] entries, int group, int linkedCount) {
    if (rows.count() != linkedCount) {
      return Optional.of("linked rows: " + linkedCount + " (expected: " + rows.count() + ")");
    }
    for (int entry : entries) {
      if (groups.of(entry) != group) {
        return Optional.of("entry: row " + entry + " (expected: " + expectedLink + ")");
      }
      reach.add(entry);
    }
    for (int i = 0; i < rows.count(); i++) {
      if (!reach.has(rows.get(i))) {
        return Optional.of("row " + rows.get(i) + ": not reached (expected: from the entries)");
      }
    }
    return Optional.empty();
  }

  private static Optional<String> violation(int node, int link, String expected) {
    return Optional.of("link of node " + node + ": " + link + " (expected: " + expected + ")");
  }
}
