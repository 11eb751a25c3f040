package io.kindred.engine.hnsw;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.GraphMemory;
import java.lang.foreign.Arena;

/// A graph under construction. Thread-safe as its links are; the memory is the arena's.
record GrowingGraph(Metric metric, Codes codes, LinkTable table, Arena arena) {

  /// The graph as the kernels walk over it, while or after it is built.
  ///
  /// @param entries rows where walks begin
  GraphMemory from(int[] entries) {
    return new GraphMemory(
        codes.rows(),
        table.links.data(),
        table.links.stride(),
        codes.rowCount(),
        Entries.memory(metric, codes, entries, arena),
        arena);
  }

  /// How much nearer a candidate must be to a chosen neighbour to be left out: a little more than 1
  /// keeps longer links, which shorten walks. The inner product is no distance, so nothing is
  /// stretched.
  float alpha() {
    return metric == Metric.DOT ? 1 : 1.15f;
  }

  /// Whether few rows are the near neighbours of most. The links that pruning leaves to the others
  /// are then too few to be found by, so lists are filled up.
  boolean isSkewed() {
    return metric == Metric.DOT;
  }
}
