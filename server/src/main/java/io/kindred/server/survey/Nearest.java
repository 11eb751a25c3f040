package io.kindred.server.survey;

/// The nearest rows of each row within a sample, found exactly. Immutable but for its arrays.
///
/// @param of the nearest of each row, the first nearest, without the row itself
record Nearest(int[][] of) {
  /// What tells distances from one row.
  @FunctionalInterface
  interface Distances {
    /// @param distances lower is nearer; that of the row to itself is the lowest
    void from(int row, float[] distances);
  }

  /// Compares every row with every other.
  static Nearest find(int count, int k, Distances measure) {
    int[][] of = new int[count][];
    float[] distances = new float[count];
    for (int row = 0; row < count; row++) {
      measure.from(row, distances);
      of[row] = least(distances, row, Math.min(k, count - 1));
    }
    return new Nearest(of);
  }

  /// By insertion: `k` is small, and few rows come before those found so far.
  private static int[] least(float[] distances, int self, int k) {
    int[] found = new int[k];
    int size = 0;
    for (int i = 0; i < distances.length; i++) {
      if (i == self || (size == k && (k == 0 || distances[i] >= distances[found[k - 1]]))) {
        continue;
      }
      int at = size < k ? size++ : k - 1;
      while (at > 0 && distances[found[at - 1]] > distances[i]) {
        found[at] = found[at - 1];
        at--;
      }
      found[at] = i;
    }
    return found;
  }
}
