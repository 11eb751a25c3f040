package io.kindred.app.demo;

import java.util.random.RandomGenerator;

/// Arithmetic of directions: vectors of length one, whose inner product says how much they agree.
final class Taste {
  static final int DIMENSION = 64;

  private Taste() {}

  /// A random direction.
  static float[] direction(RandomGenerator random) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = (float) random.nextGaussian();
    }
    return normalise(vector);
  }

  static void add(float[] sum, float[] vector, double weight) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += (float) (weight * vector[i]);
    }
  }

  /// Scales the vector itself to length one.
  static float[] normalise(float[] vector) {
    double square = 0;
    for (float component : vector) {
      square += (double) component * component;
    }
    float scale = (float) (1 / Math.sqrt(Math.max(square, Float.MIN_NORMAL)));
    for (int i = 0; i < vector.length; i++) {
      vector[i] *= scale;
    }
    return vector;
  }
}
