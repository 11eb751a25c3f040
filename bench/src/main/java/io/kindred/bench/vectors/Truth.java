package io.kindred.bench.vectors;

/// The nearest rows of each query, nearest first. Immutable once filled.
///
/// @param rows one array for each query: k of them, or fewer where fewer rows may be found
/// @param distances of these rows, lower for nearer
public record Truth(int k, int[][] rows, double[][] distances) {
  /// Rows that a perfect search finds, over all queries.
  public long size() {
    long size = 0;
    for (int[] nearest : rows) {
      size += nearest.length;
    }
    return size;
  }
}
