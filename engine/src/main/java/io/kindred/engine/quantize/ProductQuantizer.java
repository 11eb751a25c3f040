package io.kindred.engine.quantize;

import java.util.SplittableRandom;

/// Codes of 4 bits for each part of a vector: the number of the nearest of 16 centroids (Jégou,
/// Douze and Schmid, "Product quantization for nearest neighbor search", TPAMI 2011). Parts are
/// runs of components, as equal in length as the dimension allows. Immutable, thread-safe.
public final class ProductQuantizer {
  /// Centroids of a part.
  public static final int CENTROIDS = 16;

  private static final int ITERATIONS = 15;

  private final int dimension;
  private final int subspaces;

  /// Component `j` of centroid `c` of the part that `j` is in: `j * 16 + c`.
  private final float[] codebooks;

  private ProductQuantizer(int dimension, int subspaces, float[] codebooks) {
    this.dimension = dimension;
    this.subspaces = subspaces;
    this.codebooks = codebooks;
  }

  /// A quantizer with the codebooks that [#codebooks] gave.
  public static ProductQuantizer of(int dimension, int subspaces, float[] codebooks) {
    assert codebooks.length == dimension * CENTROIDS : codebooks.length;
    return new ProductQuantizer(dimension, subspaces, codebooks);
  }

  /// Finds the centroids of each part.
  ///
  /// @param vectors one after the other
  /// @throws InterruptedException where the calling thread is interrupted
  public static ProductQuantizer train(
      float[] vectors, int dimension, int subspaces, Workers workers) throws InterruptedException {
    float[] codebooks = new float[dimension * CENTROIDS];
    ProductQuantizer quantizer = new ProductQuantizer(dimension, subspaces, codebooks);
    workers.run(subspaces, (_, subspace) -> quantizer.trainPart(vectors, subspace));
    return quantizer;
  }

  public int subspaces() {
    return subspaces;
  }

  /// All centroids; not to be changed.
  public float[] codebooks() {
    return codebooks;
  }

  /// First component of a part.
  private int start(int subspace) {
    return (int) ((long) subspace * dimension / subspaces);
  }

  private void trainPart(float[] vectors, int subspace) {
    int from = start(subspace);
    int to = start(subspace + 1);
    int count = vectors.length / dimension;
    SplittableRandom random = new SplittableRandom(subspace);
    for (int c = 0; c < CENTROIDS; c++) {
      int pick = random.nextInt(count);
      for (int j = from; j < to; j++) {
        codebooks[j * CENTROIDS + c] = vectors[pick * dimension + j];
      }
    }
    float[] distances = new float[CENTROIDS];
    double[] sums = new double[(to - from) * CENTROIDS];
    int[] counts = new int[CENTROIDS];
    for (int i = 0; i < ITERATIONS; i++) {
      java.util.Arrays.fill(sums, 0);
      java.util.Arrays.fill(counts, 0);
      for (int v = 0; v < count; v++) {
        int at = v * dimension;
        int nearest = nearest(vectors, at, from, to, distances);
        counts[nearest]++;
        for (int j = from; j < to; j++) {
          sums[(j - from) * CENTROIDS + nearest] += vectors[at + j];
        }
      }
      for (int c = 0; c < CENTROIDS; c++) {
        if (counts[c] == 0) {
          // Nobody's nearest: begin again at some vector.
          int pick = random.nextInt(count);
          for (int j = from; j < to; j++) {
            codebooks[j * CENTROIDS + c] = vectors[pick * dimension + j];
          }
          continue;
        }
        for (int j = from; j < to; j++) {
          codebooks[j * CENTROIDS + c] = (float) (sums[(j - from) * CENTROIDS + c] / counts[c]);
        }
      }
    }
  }

  private int nearest(float[] vector, int at, int from, int to, float[] distances) {
    java.util.Arrays.fill(distances, 0, CENTROIDS, 0);
    for (int j = from; j < to; j++) {
      float x = vector[at + j];
      int row = j * CENTROIDS;
      for (int c = 0; c < CENTROIDS; c++) {
        float difference = x - codebooks[row + c];
        distances[c] += difference * difference;
      }
    }
    int nearest = 0;
    for (int c = 1; c < CENTROIDS; c++) {
      nearest = distances[c] < distances[nearest] ? c : nearest;
    }
    return nearest;
  }

  /// Sets `code[m]` to the number of the nearest centroid of part `m`.
  ///
  /// @param scratch room for [#CENTROIDS]
  public void encode(float[] vector, byte[] code, float[] scratch) {
    for (int m = 0; m < subspaces; m++) {
      code[m] = (byte) nearest(vector, 0, start(m), start(m + 1), scratch);
    }
  }

  /// The vector that a code stands for.
  public void decode(byte[] code, float[] into) {
    for (int m = 0; m < subspaces; m++) {
      for (int j = start(m); j < start(m + 1); j++) {
        into[j] = codebooks[j * CENTROIDS + code[m]];
      }
    }
  }

  /// Sets `products[16 m + c]` to the inner product of part `m` of a query with centroid `c` of
  /// that part.
  public void products(float[] query, float[] products) {
    for (int m = 0; m < subspaces; m++) {
      int at = m * CENTROIDS;
      java.util.Arrays.fill(products, at, at + CENTROIDS, 0);
      for (int j = start(m); j < start(m + 1); j++) {
        float x = query[j];
        int row = j * CENTROIDS;
        for (int c = 0; c < CENTROIDS; c++) {
          products[at + c] += x * codebooks[row + c];
        }
      }
    }
  }
}
