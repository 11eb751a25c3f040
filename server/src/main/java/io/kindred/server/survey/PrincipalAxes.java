package io.kindred.server.survey;

import java.util.SplittableRandom;

/// The two directions in which vectors differ most (principal component analysis), found by power
/// iteration on the centred vectors, the second after the first was taken out. Immutable but for
/// its arrays.
///
/// @param explainedVariance share of the squared distances from the mean that both keep
record PrincipalAxes(Plane plane, double explainedVariance) {
  private static final int ITERATIONS_MAX = 60;
  private static final double CLOSE_ENOUGH = 1e-5;
  private static final long SEED = 7;

  static PrincipalAxes of(SampledVectors vectors) {
    float[][] rows = centred(vectors);
    double total = squares(rows);
    Plane plane = new Plane(rows.length);
    double kept = takeAxis(rows, plane.x) + takeAxis(rows, plane.y);
    return new PrincipalAxes(plane, total == 0 ? 1 : Math.min(1, kept / total));
  }

  private static float[][] centred(SampledVectors vectors) {
    double[] mean = new double[vectors.dimension()];
    for (int i = 0; i < vectors.count(); i++) {
      float[] row = vectors.row(i);
      for (int j = 0; j < mean.length; j++) {
        mean[j] += row[j] / vectors.count();
      }
    }
    float[][] rows = new float[vectors.count()][mean.length];
    for (int i = 0; i < rows.length; i++) {
      float[] row = vectors.row(i);
      for (int j = 0; j < mean.length; j++) {
        rows[i][j] = (float) (row[j] - mean[j]);
      }
    }
    return rows;
  }

  private static double squares(float[][] rows) {
    double sum = 0;
    for (float[] row : rows) {
      sum += SampledVectors.dot(row, row);
    }
    return sum;
  }

  /// Finds the strongest direction, fills in where each row lies along it, and takes that out of
  /// the rows.
  ///
  /// @return the squares that were taken out
  private static double takeAxis(float[][] rows, float[] along) {
    float[] axis = strongest(rows);
    double squares = 0;
    for (int i = 0; i < rows.length; i++) {
      float[] row = rows[i];
      float length = SampledVectors.dot(row, axis);
      along[i] = length;
      squares += (double) length * length;
      for (int j = 0; j < row.length; j++) {
        row[j] -= length * axis[j];
      }
    }
    return squares;
  }

  private static float[] strongest(float[][] rows) {
    int dimension = rows.length == 0 ? 0 : rows[0].length;
    SplittableRandom random = new SplittableRandom(SEED);
    float[] axis = new float[dimension];
    for (int j = 0; j < dimension; j++) {
      axis[j] = (float) random.nextDouble(-1, 1);
    }
    toLengthOne(axis);
    double change = Double.MAX_VALUE;
    for (int i = 0; i < ITERATIONS_MAX && change > CLOSE_ENOUGH; i++) {
      float[] next = new float[dimension];
      for (float[] row : rows) {
        float weight = SampledVectors.dot(row, axis);
        for (int j = 0; j < dimension; j++) {
          next[j] += weight * row[j];
        }
      }
      toLengthOne(next);
      change = 1 - Math.abs(SampledVectors.dot(axis, next));
      axis = next;
    }
    return axis;
  }

  private static void toLengthOne(float[] vector) {
    double norm = Math.sqrt(SampledVectors.dot(vector, vector));
    for (int j = 0; j < vector.length && norm > 0; j++) {
      vector[j] /= (float) norm;
    }
  }
}
