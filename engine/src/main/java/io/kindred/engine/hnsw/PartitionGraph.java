package io.kindred.engine.hnsw;

import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.PassBits;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.VectorIndex;
import java.util.Map;

/// The graph of one partition: as an index over its rows only, with the codes and the calibration
/// of the whole. Immutable, thread-safe; lives as long as that.
record PartitionGraph(HnswIndex whole, GraphSearch graph, int rowCount) implements VectorIndex {
  @Override
  public String kind() {
    return whole.kind();
  }

  @Override
  public long linkedCount() {
    return rowCount;
  }

  @Override
  public void search(float[] query, int ef, Pass pass, SearchContext context, TopK into) {
    graph.search(query, Math.max(ef, into.k()), pass, context, into);
  }

  @Override
  public double visitsFor(int breadth, double share, boolean asksBits) {
    return Math.min((double) rowCount, HnswIndex.visits(breadth, share, asksBits));
  }

  @Override
  public double shareNear(float[] query, PassBits bits, SearchContext context) {
    return graph.shareNear(query, bits, context);
  }

  @Override
  public double codeNanos() {
    return whole.codeNanos();
  }

  @Override
  public void scanCodes(float[] query, int breadth, Pass pass, SearchContext context, TopK into) {
    whole.scanCodes(query, breadth, pass, context, into);
  }

  @Override
  public int efFor(double recall, int k) {
    return whole.efFor(recall, k);
  }

  @Override
  public IndexSearch.Path path() {
    return IndexSearch.Path.PARTITION_GRAPH;
  }

  @Override
  public Map<String, String> parameters() {
    return Map.of();
  }
}
