package io.kindred.bench.vectors;

import java.util.Arrays;
import java.util.SplittableRandom;

/// The direction along which vectors differ most, by power iteration on a sample: rows that lie
/// close on it tend to be near each other. Immutable, thread-safe.
public final class PrincipalAxis {
  private static final int SAMPLE_ROWS = 5_000;
  private static final int ITERATIONS = 20;

  private final double[] mean;
  private final double[] axis;

  private PrincipalAxis(double[] mean, double[] axis) {
    this.mean = mean;
    this.axis = axis;
  }

  /// Of rows spread over the file; the same for the same file.
  public static PrincipalAxis of(VectorFile file) {
    int samples = Math.min(file.count(), SAMPLE_ROWS);
    float[][] sample = new float[samples][];
    double[] mean = new double[file.dimension()];
    for (int i = 0; i < samples; i++) {
      sample[i] = file.vector((int) ((long) i * file.count() / samples));
      for (int d = 0; d < mean.length; d++) {
        mean[d] += sample[i][d] / (double) samples;
      }
    }
    SplittableRandom random = new SplittableRandom(1);
    double[] axis = new double[mean.length];
    Arrays.setAll(axis, _ -> random.nextGaussian());
    PrincipalAxis found = new PrincipalAxis(mean, axis);
    for (int i = 0; i < ITERATIONS; i++) {
      found = found.improved(sample);
    }
    return found;
  }

  private PrincipalAxis improved(float[][] sample) {
    double[] next = new double[axis.length];
    for (float[] vector : sample) {
      double place = place(vector);
      for (int d = 0; d < next.length; d++) {
        next[d] += place * (vector[d] - mean[d]);
      }
    }
    double length = Math.sqrt(Arrays.stream(next).map(x -> x * x).sum());
    if (length == 0) {
      // All vectors are equal: every direction is as good.
      return this;
    }
    return new PrincipalAxis(mean, Arrays.stream(next).map(x -> x / length).toArray());
  }

  /// Where a vector lies on the axis.
  public double place(float[] vector) {
    double place = 0;
    for (int d = 0; d < axis.length; d++) {
      place += axis[d] * (vector[d] - mean[d]);
    }
    return place;
  }
}
