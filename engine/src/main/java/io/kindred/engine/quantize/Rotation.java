package io.kindred.engine.quantize;

import java.util.Arrays;
import java.util.SplittableRandom;

/// A random orthogonal matrix: it spreads what a few components hold over many, so that all parts
/// of a vector are worth the same number of bits, and leaves distances and inner products as they
/// are. Vectors of more than [#BLOCK_MAX] components are rotated in blocks. Immutable, thread-safe.
public final class Rotation {
  /// Components that are mixed with each other at most.
  public static final int BLOCK_MAX = 512;

  private final int dimension;

  /// Block by block, and in each column by column of the result: entry `j * size + i` weighs
  /// component `j` of a block in component `i` of the rotated one.
  private final float[] matrix;

  private Rotation(int dimension, float[] matrix) {
    this.dimension = dimension;
    this.matrix = matrix;
  }

  /// Blocks drawn at random, made orthogonal by Gram and Schmidt, twice for the sake of rounding.
  public static Rotation random(int dimension, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    float[] matrix = new float[entryCount(dimension)];
    int at = 0;
    for (int block = 0; block < blockCount(dimension); block++) {
      int size = start(dimension, block + 1) - start(dimension, block);
      fill(matrix, at, size, random);
      at += size * size;
    }
    return new Rotation(dimension, matrix);
  }

  /// A matrix that [#entries] gave.
  public static Rotation of(int dimension, float[] entries) {
    assert entries.length == entryCount(dimension) : entries.length;
    return new Rotation(dimension, entries);
  }

  /// Entries of all blocks.
  public static int entryCount(int dimension) {
    int count = 0;
    for (int block = 0; block < blockCount(dimension); block++) {
      int size = start(dimension, block + 1) - start(dimension, block);
      count += size * size;
    }
    return count;
  }

  private static int blockCount(int dimension) {
    return (dimension + BLOCK_MAX - 1) / BLOCK_MAX;
  }

  /// First component of a block.
  private static int start(int dimension, int block) {
    return (int) ((long) block * dimension / blockCount(dimension));
  }

  private static void fill(float[] matrix, int at, int size, SplittableRandom random) {
    double[] row = new double[size];
    for (int i = 0; i < size; i++) {
      for (int j = 0; j < size; j++) {
        row[j] = random.nextGaussian();
      }
      for (int pass = 0; pass < 2; pass++) {
        for (int before = 0; before < i; before++) {
          subtractProjection(row, matrix, at + before * size);
        }
      }
      double squares = 0;
      for (double x : row) {
        squares += x * x;
      }
      double scale = 1 / Math.sqrt(squares);
      for (int j = 0; j < size; j++) {
        matrix[at + i * size + j] = (float) (row[j] * scale);
      }
    }
  }

  private static void subtractProjection(double[] row, float[] matrix, int at) {
    double product = 0;
    for (int j = 0; j < row.length; j++) {
      product += row[j] * matrix[at + j];
    }
    for (int j = 0; j < row.length; j++) {
      row[j] -= product * matrix[at + j];
    }
  }

  /// All entries; not to be changed.
  public float[] entries() {
    return matrix;
  }

  /// Rotates a vector into another array.
  public void apply(float[] vector, float[] into) {
    Arrays.fill(into, 0, dimension, 0);
    int at = 0;
    for (int block = 0; block < blockCount(dimension); block++) {
      int from = start(dimension, block);
      int size = start(dimension, block + 1) - from;
      for (int j = 0; j < size; j++) {
        addColumn(vector[from + j], at, into, from, size);
        at += size;
      }
    }
  }

  private void addColumn(float weight, int at, float[] into, int from, int size) {
    for (int i = 0; i < size; i++) {
      into[from + i] += weight * matrix[at + i];
    }
  }
}
