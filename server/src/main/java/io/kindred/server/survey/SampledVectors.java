package io.kindred.server.survey;

import io.kindred.engine.Metric;
import java.util.List;

/// Vectors of a sample, compared as their table compares them. Immutable but for its arrays, which
/// nobody changes; thread-safe.
///
/// Under the cosine they are brought to length one.
final class SampledVectors {
  private final Metric metric;
  private final float[][] rows;

  SampledVectors(Metric metric, List<float[]> vectors) {
    this.metric = metric;
    this.rows = new float[vectors.size()][];
    for (int i = 0; i < rows.length; i++) {
      rows[i] = metric == Metric.COSINE ? ofLengthOne(vectors.get(i)) : vectors.get(i);
    }
  }

  private static float[] ofLengthOne(float[] vector) {
    double norm = Math.sqrt(dot(vector, vector));
    float[] scaled = new float[vector.length];
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = norm == 0 ? 0 : (float) (vector[i] / norm);
    }
    return scaled;
  }

  int count() {
    return rows.length;
  }

  int dimension() {
    return rows.length == 0 ? 0 : rows[0].length;
  }

  float[] row(int i) {
    return rows[i];
  }

  /// How far all rows are from one: lower is nearer, itself nearest of all.
  void distances(int from, float[] distances) {
    float[] origin = rows[from];
    for (int i = 0; i < rows.length; i++) {
      distances[i] = metric == Metric.L2 ? squared(origin, rows[i]) : -dot(origin, rows[i]);
    }
    distances[from] = Float.NEGATIVE_INFINITY;
  }

  /// Sums in four parts, which the processor adds side by side.
  static float dot(float[] a, float[] b) {
    float s0 = 0;
    float s1 = 0;
    float s2 = 0;
    float s3 = 0;
    int i = 0;
    for (; i + 3 < a.length; i += 4) {
      s0 += a[i] * b[i];
      s1 += a[i + 1] * b[i + 1];
      s2 += a[i + 2] * b[i + 2];
      s3 += a[i + 3] * b[i + 3];
    }
    for (; i < a.length; i++) {
      s0 += a[i] * b[i];
    }
    return s0 + s1 + (s2 + s3);
  }

  private static float squared(float[] a, float[] b) {
    float s0 = 0;
    float s1 = 0;
    int i = 0;
    for (; i + 1 < a.length; i += 2) {
      float d0 = a[i] - b[i];
      float d1 = a[i + 1] - b[i + 1];
      s0 += d0 * d0;
      s1 += d1 * d1;
    }
    for (; i < a.length; i++) {
      float d = a[i] - b[i];
      s0 += d * d;
    }
    return s0 + s1;
  }
}
