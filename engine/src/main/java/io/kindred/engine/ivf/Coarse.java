package io.kindred.engine.ivf;

/// Finds the centroids that are nearest to a query. Immutable, thread-safe.
interface Coarse {
  /// Sets the scratch's lists to the nearest, about in order, and their distances.
  ///
  /// @param query as prepared for the metric
  /// @param count how many, at most as many as there are lists
  /// @return how many were found: all of them where `count` asks for all lists
  int findNearest(float[] query, int count, IvfScratch scratch);
}
