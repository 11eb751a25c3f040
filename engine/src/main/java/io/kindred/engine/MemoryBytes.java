package io.kindred.engine;

import java.util.LinkedHashMap;
import java.util.Map;

/// Memory by what it holds, in bytes. Immutable.
///
/// @param deltaRows rows and vectors that are not folded yet
/// @param deltaKeys the tables by which they are found
/// @param deltaGraphs the graphs of their vectors
/// @param indexes of the bases: graphs, codes and lists
/// @param filters what the bases keep for filters: bits and columns
/// @param operations the operation ids and sources of events that are remembered, on the Java heap
/// @param mapped files of the bases, which the system keeps in memory as far as there is room; not
///   in the total
public record MemoryBytes(
    long deltaRows,
    long deltaKeys,
    long deltaGraphs,
    long indexes,
    long filters,
    long operations,
    long mapped) {
  public static final MemoryBytes NONE = new MemoryBytes(0, 0, 0, 0, 0, 0, 0);

  /// What a fold of these rows is expected to take while it runs: it makes new indexes beside the
  /// old, with room for more links than they will have in the end.
  public long build() {
    return 2 * (indexes + deltaGraphs);
  }

  /// What cannot be given back to the system without a fold or a drop.
  public long total() {
    return deltaRows + deltaKeys + deltaGraphs + indexes + filters + operations;
  }

  public MemoryBytes plus(MemoryBytes other) {
    return new MemoryBytes(
        deltaRows + other.deltaRows,
        deltaKeys + other.deltaKeys,
        deltaGraphs + other.deltaGraphs,
        indexes + other.indexes,
        filters + other.filters,
        operations + other.operations,
        mapped + other.mapped);
  }

  /// The components by the names that users see, in their order.
  public Map<String, Long> byName() {
    Map<String, Long> named = new LinkedHashMap<>();
    named.put("delta_rows", deltaRows);
    named.put("delta_keys", deltaKeys);
    named.put("delta_graphs", deltaGraphs);
    named.put("indexes", indexes);
    named.put("filters", filters);
    named.put("operations", operations);
    named.put("mapped", mapped);
    return named;
  }
}
