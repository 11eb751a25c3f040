package io.kindred.engine.ivf;

import io.kindred.engine.Metric;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.vector.VectorRows;

/// Finds centroids by a graph over them, and where so many are wanted that a walk is not worth it,
/// by comparing all. Immutable, thread-safe.
final class GraphCoarse implements Coarse {
  /// A walk looks at some dozen centroids for each that it finds.
  private static final int WALK_SHARE = 16;

  private static final int BREADTH_MIN = 32;

  private final Metric metric;
  private final VectorIndex graph;
  private final int listCount;
  private final int dimension;
  private final Coarse all;

  /// @param graph over the centroids, by the metric of [IvfSpace#metric]
  GraphCoarse(Metric metric, VectorIndex graph, VectorRows centroids, int listCount, Coarse all) {
    this.metric = metric;
    this.graph = graph;
    this.listCount = listCount;
    dimension = centroids.dimension();
    this.all = all;
  }

  @Override
  public int findNearest(float[] query, int count, IvfScratch scratch) {
    if (count > listCount / WALK_SHARE) {
      return all.findNearest(query, count, scratch);
    }
    TopK top = scratch.graphTop;
    top.reset(count);
    float[] prepared = scratch.graphContext.begin(IvfSpace.metric(metric), query, dimension);
    graph.search(
        prepared, Math.max(BREADTH_MIN, count + count / 2), Pass.ALL, scratch.graphContext, top);
    scratch.ensureLists(count);
    return top.drain(scratch.lists, scratch.listDistances);
  }
}
