package io.kindred.bench;

import java.nio.charset.StandardCharsets;
import java.util.SplittableRandom;

/// Made-up rows, the same ones for the same seed in every process: row `i` has one key and one
/// vector, whatever else is asked for. Immutable, thread-safe.
///
/// Vectors look like embeddings: they lie near a plane of few dimensions through a space of many,
/// so that a graph has neighbourhoods to find. Uniform noise has none.
record Synthetic(int dimension, long seed) {
  private static final int LATENT_DIMENSION = 24;
  private static final long STEP = 0x9E3779B97F4A7C15L;
  private static final float NOISE = 0.1f;

  /// Of row `i`; spread over all 64 bits.
  long number(long row) {
    long z = (row + seed) * STEP;
    z = (z ^ (z >>> 29)) * 0xBF58476D1CE4E5B9L;
    return z ^ (z >>> 32);
  }

  /// Of row `i`: 18 characters.
  String text(long row) {
    byte[] text = new byte[18];
    text[0] = 'i';
    text[1] = '-';
    long number = number(row);
    for (int i = 2; i < text.length; i++) {
      int digit = (int) (number & 15);
      text[i] = (byte) (digit < 10 ? '0' + digit : 'a' + digit - 10);
      number >>>= 4;
    }
    return new String(text, StandardCharsets.ISO_8859_1);
  }

  /// Makes the vectors, row by row; holds what they have in common. Thread-safe.
  Vectors vectors() {
    return new Vectors(this);
  }

  /// See [#vectors].
  static final class Vectors {
    private final int dimension;
    private final long seed;
    private final float[][] plane = new float[LATENT_DIMENSION][];

    private Vectors(Synthetic source) {
      dimension = source.dimension();
      seed = source.seed();
      SplittableRandom random = new SplittableRandom(seed);
      for (int i = 0; i < plane.length; i++) {
        plane[i] = new float[dimension];
        for (int d = 0; d < dimension; d++) {
          plane[i][d] = normal(random);
        }
      }
    }

    /// Of row `i`; of a query where it is negative.
    float[] vector(long row) {
      SplittableRandom random = new SplittableRandom(seed ^ (row * STEP + 1));
      float[] vector = new float[dimension];
      for (float[] axis : plane) {
        float weight = normal(random);
        for (int d = 0; d < vector.length; d++) {
          vector[d] += weight * axis[d];
        }
      }
      for (int d = 0; d < vector.length; d++) {
        vector[d] += NOISE * (random.nextInt() * 0x1p-31f);
      }
      return vector;
    }

    /// Nearly normal: the sum of four uniform numbers.
    private static float normal(SplittableRandom random) {
      long bits = random.nextLong();
      long sum = (short) bits + (short) (bits >> 16) + (short) (bits >> 32) + (bits >> 48);
      return sum * 0x1p-15f * 0.866f;
    }
  }
}
