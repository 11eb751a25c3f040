package io.kindred.bench.vectors;

import io.kindred.bench.report.BadInputException;
import io.kindred.engine.Limits;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/// Made-up embeddings of a chosen intrinsic dimension: `x = W2 · tanh(W1 · z) + noise`, with z of
/// independent normal components. All samples of one dimension and intrinsic dimension come from
/// one distribution; a seed picks the sample. Immutable, thread-safe.
public final class Embeddings {
  /// What stands for real embeddings unless something else is asked for.
  public static final int INTRINSIC_DEFAULT = 24;

  private static final int HIDDEN = 256;
  private static final int BLOCK_ROWS = 4_096;
  private static final float NOISE = 0.02f;
  private static final float GAIN = 1.5f;
  private static final long WEIGHTS_SEED = 7;

  private final int dimension;
  private final float[][] first;
  private final float[][] second;

  /// @param intrinsic components of z, 1 to 256
  /// @throws BadInputException where one of both is out of range
  public Embeddings(int dimension, int intrinsic) {
    if (dimension < 1 || dimension > Limits.DIMENSION_MAX) {
      throw new BadInputException("dimension", dimension, "1 to " + Limits.DIMENSION_MAX);
    }
    if (intrinsic < 1 || intrinsic > HIDDEN) {
      throw new BadInputException("intrinsic", intrinsic, "1 to " + HIDDEN);
    }
    this.dimension = dimension;
    RandomGenerator weights = new SplittableRandom(WEIGHTS_SEED);
    first = weights(weights, intrinsic, HIDDEN, GAIN / (float) Math.sqrt(intrinsic));
    second = weights(weights, HIDDEN, dimension, 1 / (float) Math.sqrt(HIDDEN));
  }

  private static float[][] weights(RandomGenerator random, int from, int to, float scale) {
    float[][] weights = new float[from][to];
    for (float[] row : weights) {
      for (int i = 0; i < to; i++) {
        row[i] = scale * (float) random.nextGaussian();
      }
    }
    return weights;
  }

  /// Writes one sample to an fvecs file; on all cores, the same bytes on any number of them.
  public void write(Path file, int rows, long seed) {
    if (rows < 1) {
      throw new BadInputException("rows", rows, "at least 1");
    }
    int blocks = (rows + BLOCK_ROWS - 1) / BLOCK_ROWS;
    int atOnce = 2 * Runtime.getRuntime().availableProcessors();
    try (VectorFileWriter writer = new VectorFileWriter(file, dimension)) {
      for (int from = 0; from < blocks; from += atOnce) {
        float[][] made =
            IntStream.range(from, Math.min(blocks, from + atOnce))
                .parallel()
                .mapToObj(block -> block(block, rows, seed))
                .toArray(float[][]::new);
        for (float[] block : made) {
          for (int at = 0; at < block.length; at += dimension) {
            writer.write(block, at);
          }
        }
      }
      writer.finish();
    }
  }

  private float[] block(int block, int rows, long seed) {
    int count = Math.min(BLOCK_ROWS, rows - block * BLOCK_ROWS);
    // Numbers drawn by the block, as a generator's seeds: blocks that are a step of the generator
    // apart would draw the same numbers, one behind the other.
    long start = new SplittableRandom(seed).nextLong();
    RandomGenerator random = new SplittableRandom(new SplittableRandom(start + block).nextLong());
    float[] values = new float[count * dimension];
    float[] hidden = new float[HIDDEN];
    float[] vector = new float[dimension];
    for (int row = 0; row < count; row++) {
      java.util.Arrays.fill(hidden, 0);
      for (float[] weights : first) {
        add(hidden, weights, (float) random.nextGaussian());
      }
      java.util.Arrays.fill(vector, 0);
      for (int i = 0; i < HIDDEN; i++) {
        add(vector, second[i], (float) Math.tanh(hidden[i]));
      }
      for (int i = 0; i < dimension; i++) {
        values[row * dimension + i] = vector[i] + NOISE * (float) random.nextGaussian();
      }
    }
    return values;
  }

  private static void add(float[] sum, float[] weights, float factor) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += factor * weights[i];
    }
  }
}
