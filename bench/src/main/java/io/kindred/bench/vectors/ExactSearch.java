package io.kindred.bench.vectors;

import io.kindred.engine.Metric;
import java.util.Arrays;
import java.util.stream.IntStream;

/// The nearest rows of a file, found by comparing all of them: what every index is measured
/// against, and independent of the engine. Thread-safe while the file is open.
///
/// Distances are lower for nearer rows under each metric: squared Euclidean, negated inner product,
/// negated cosine. A tile of queries is held component by component, so that the compiler turns the
/// loop over its queries into vector instructions; more rows than wanted are kept by these float
/// distances and then ordered by exact ones in double precision.
public record ExactSearch(VectorFile base, Metric metric) {
  private static final int TILE_QUERIES = 256;

  /// Kept beyond k, for rows whose order float rounding may have changed.
  private static final int SPARE = 16;

  /// Which rows a query may find. Thread-safe.
  @FunctionalInterface
  public interface RowTest {
    RowTest ALL = (_, _) -> true;

    boolean passes(int query, int row);
  }

  /// The k nearest passing rows of each query, fewer where fewer pass; on all cores.
  public Truth nearest(float[][] queries, int k, RowTest test) {
    int cores = Runtime.getRuntime().availableProcessors();
    int tile = Math.clamp((queries.length + cores - 1) / cores, 1, TILE_QUERIES);
    Truth truth = new Truth(k, new int[queries.length][], new double[queries.length][]);
    IntStream.range(0, (queries.length + tile - 1) / tile)
        .parallel()
        .forEach(
            i -> {
              int from = i * tile;
              int to = Math.min(queries.length, from + tile);
              new Tile(queries, from, to, k, test).search(truth);
            });
    return truth;
  }

  /// How far a row is from a query, in double precision: equal vectors are equally far.
  public double distance(float[] query, int row) {
    return distance(query, base.vector(row));
  }

  private double distance(float[] query, float[] vector) {
    double sum = 0;
    if (metric == Metric.L2) {
      for (int i = 0; i < query.length; i++) {
        double difference = (double) query[i] - vector[i];
        sum += difference * difference;
      }
      return sum;
    }
    for (int i = 0; i < query.length; i++) {
      sum += (double) query[i] * vector[i];
    }
    return metric == Metric.DOT ? -sum : -sum / (length(query) * length(vector));
  }

  private static double length(float[] vector) {
    double squares = 0;
    for (float value : vector) {
      squares += (double) value * value;
    }
    return squares == 0 ? 1 : Math.sqrt(squares);
  }

  /// How many of the rows that a search found are among the nearest ones. A row that is not, but
  /// exactly as near as the last of them, counts as well: which of equals a search finds is chance.
  public int hits(Truth truth, int query, float[] vector, long[] found, int count) {
    int[] rows = truth.rows()[query];
    if (rows.length == 0) {
      return 0;
    }
    double[] distances = truth.distances()[query];
    int hits = 0;
    for (int i = 0; i < count; i++) {
      int row = (int) found[i];
      hits += contains(rows, row) || distance(vector, row) <= distances[rows.length - 1] ? 1 : 0;
    }
    return Math.min(hits, rows.length);
  }

  private static boolean contains(int[] rows, int row) {
    for (int candidate : rows) {
      if (candidate == row) {
        return true;
      }
    }
    return false;
  }

  /// The queries `[from, to)` on their way through all rows. Owned by one thread.
  private final class Tile {
    private final float[][] queries;
    private final int from;
    private final int count;
    private final int k;
    private final RowTest test;
    private final int dimension = base.dimension();

    /// Component by component, padded to whole fours.
    private final float[][] components;

    private final float[] sums;
    private final int[][] rows;
    private final float[][] distances;
    private final int[] kept;
    private final float[] worst;

    Tile(float[][] queries, int from, int to, int k, RowTest test) {
      this.queries = queries;
      this.from = from;
      this.count = to - from;
      this.k = k;
      this.test = test;
      components = new float[(dimension + 3) / 4 * 4][count];
      for (int query = 0; query < count; query++) {
        for (int i = 0; i < dimension; i++) {
          components[i][query] = queries[from + query][i];
        }
      }
      sums = new float[count];
      rows = new int[count][Math.min(k + SPARE, base.count())];
      distances = new float[count][Math.min(k + SPARE, base.count())];
      kept = new int[count];
      worst = new float[count];
      Arrays.fill(worst, Float.POSITIVE_INFINITY);
    }

    void search(Truth truth) {
      float[] vector = new float[components.length];
      for (int row = 0; row < base.count(); row++) {
        base.read(row, vector);
        score(vector);
        for (int query = 0; query < count; query++) {
          if (sums[query] < worst[query] && test.passes(from + query, row)) {
            keep(query, row, sums[query]);
          }
        }
      }
      for (int query = 0; query < count; query++) {
        order(query, truth);
      }
    }

    private void score(float[] vector) {
      Arrays.fill(sums, 0);
      if (metric == Metric.L2) {
        for (int i = 0; i < components.length; i += 4) {
          addSquares(sums, components, vector, i);
        }
        return;
      }
      for (int i = 0; i < components.length; i += 4) {
        addProducts(sums, components, vector, i);
      }
      scale(sums, metric == Metric.DOT ? -1 : -1 / (float) length(vector));
    }

    /// Adds four components of a row, for all queries.
    ///
    /// @param at the first of the four
    private static void addSquares(float[] sums, float[][] components, float[] vector, int at) {
      float a = vector[at];
      float b = vector[at + 1];
      float c = vector[at + 2];
      float d = vector[at + 3];
      float[] as = components[at];
      float[] bs = components[at + 1];
      float[] cs = components[at + 2];
      float[] ds = components[at + 3];
      for (int query = 0; query < sums.length; query++) {
        float x = as[query] - a;
        float y = bs[query] - b;
        float z = cs[query] - c;
        float w = ds[query] - d;
        sums[query] = Math.fma(x, x, Math.fma(y, y, Math.fma(z, z, Math.fma(w, w, sums[query]))));
      }
    }

    /// As [#addSquares], for inner products.
    private static void addProducts(float[] sums, float[][] components, float[] vector, int at) {
      float a = vector[at];
      float b = vector[at + 1];
      float c = vector[at + 2];
      float d = vector[at + 3];
      float[] as = components[at];
      float[] bs = components[at + 1];
      float[] cs = components[at + 2];
      float[] ds = components[at + 3];
      for (int query = 0; query < sums.length; query++) {
        float sum = Math.fma(as[query], a, Math.fma(bs[query], b, sums[query]));
        sums[query] = Math.fma(cs[query], c, Math.fma(ds[query], d, sum));
      }
    }

    private static void scale(float[] sums, float factor) {
      for (int query = 0; query < sums.length; query++) {
        sums[query] *= factor;
      }
    }

    private void keep(int query, int row, float distance) {
      float[] far = distances[query];
      int at = Math.min(kept[query], far.length - 1);
      while (at > 0 && far[at - 1] > distance) {
        far[at] = far[at - 1];
        rows[query][at] = rows[query][at - 1];
        at--;
      }
      far[at] = distance;
      rows[query][at] = row;
      kept[query] = Math.min(far.length, kept[query] + 1);
      if (kept[query] == far.length) {
        worst[query] = far[far.length - 1];
      }
    }

    private void order(int query, Truth truth) {
      float[] vector = queries[from + query];
      record Candidate(int row, double distance) {}
      Candidate[] candidates =
          Arrays.stream(rows[query], 0, kept[query])
              .mapToObj(row -> new Candidate(row, distance(vector, base.vector(row))))
              .sorted(
                  java.util.Comparator.comparingDouble(Candidate::distance)
                      .thenComparingInt(Candidate::row))
              .limit(k)
              .toArray(Candidate[]::new);
      truth.rows()[from + query] = Arrays.stream(candidates).mapToInt(Candidate::row).toArray();
      truth.distances()[from + query] =
          Arrays.stream(candidates).mapToDouble(Candidate::distance).toArray();
    }
  }
}
