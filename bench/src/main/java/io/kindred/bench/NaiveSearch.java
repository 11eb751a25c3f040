package io.kindred.bench;

import io.kindred.engine.Metric;
import java.util.stream.IntStream;

/// The plainest exact search: a loop over all rows in double precision, which every other search is
/// held against. Immutable, thread-safe.
record NaiveSearch(float[][] rows, Metric metric) {

  /// The k nearest rows of each query, nearest first; on all cores.
  Nearest[] nearest(float[][] queries, int k) {
    return IntStream.range(0, queries.length)
        .parallel()
        .mapToObj(query -> nearest(queries[query], k))
        .toArray(Nearest[]::new);
  }

  /// @param scores as a search returns them
  record Nearest(int[] rows, double[] scores) {}

  private Nearest nearest(float[] query, int k) {
    int[] best = new int[k];
    double[] scores = new double[k];
    int count = 0;
    for (int row = 0; row < rows.length; row++) {
      double score = score(query, row);
      int at = count;
      while (at > 0 && isNearer(score, scores[at - 1])) {
        at--;
      }
      if (at < k) {
        int moved = Math.min(count, k - 1) - at;
        System.arraycopy(best, at, best, at + 1, moved);
        System.arraycopy(scores, at, scores, at + 1, moved);
        best[at] = row;
        scores[at] = score;
        count = Math.min(k, count + 1);
      }
    }
    return new Nearest(best, scores);
  }

  private boolean isNearer(double score, double than) {
    return metric == Metric.L2 ? score < than : score > than;
  }

  double score(float[] query, int row) {
    float[] vector = rows[row];
    double sum = 0;
    for (int i = 0; i < query.length; i++) {
      double difference = query[i] - vector[i];
      sum += metric == Metric.L2 ? difference * difference : (double) query[i] * vector[i];
    }
    return sum;
  }
}
