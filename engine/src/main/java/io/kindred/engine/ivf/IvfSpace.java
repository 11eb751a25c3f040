package io.kindred.engine.ivf;

import io.kindred.engine.Metric;
import io.kindred.engine.quantize.Points;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.VectorRows;

/// The space in which rows are put into lists: by the Euclidean distance, of vectors of unit length
/// under the cosine. Lists are then looked into in the order of their centroids' distance, under
/// the inner product in that of their product with the query. Stateless.
final class IvfSpace {
  private IvfSpace() {}

  /// The metric of centroids.
  static Metric metric(Metric metric) {
    return metric == Metric.DOT ? Metric.DOT : Metric.L2;
  }

  static Kernel kernel(Metric metric) {
    return Kernel.of(metric(metric));
  }

  /// The factor of an inner product with the query in a distance.
  static float factor(Metric metric) {
    return metric == Metric.DOT ? -1 : -2;
  }

  static float product(float[] a, float[] b) {
    float sum = 0;
    for (int i = 0; i < a.length; i++) {
      sum += a[i] * b[i];
    }
    return sum;
  }

  /// Rows as points. Thread-safe.
  static Points points(Metric metric, VectorRows rows) {
    return new RowPoints(rows, metric == Metric.COSINE);
  }

  private record RowPoints(VectorRows rows, boolean isUnit) implements Points {
    @Override
    public int dimension() {
      return rows.dimension();
    }

    @Override
    public void copy(int point, float[] into, int at) {
      rows.copyTo(point, into, at);
      if (isUnit) {
        scaleToUnit(into, at, at + rows.dimension());
      }
    }

    private static void scaleToUnit(float[] vector, int from, int to) {
      double squares = 0;
      for (int i = from; i < to; i++) {
        squares += (double) vector[i] * vector[i];
      }
      double scale = squares == 0 ? 0 : 1 / Math.sqrt(squares);
      for (int i = from; i < to; i++) {
        vector[i] = (float) (vector[i] * scale);
      }
    }
  }
}
