package io.kindred.engine.hnsw;

import io.kindred.engine.Metric;
import io.kindred.engine.index.Calibration;
import io.kindred.engine.index.FlatScan;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/// Measures which recall each beam width reaches, on queries made from the rows. Owned by one
/// worker thread; the shares of all workers make the [Calibration].
///
/// A row taken as the query flatters the graph, which was built to lead to it: where real queries
/// reached 0.76, rows reached 0.97. Under the distance a query is therefore a row moved by the
/// difference of two others near it: it lies among them, and is none of them. Under the cosine and
/// the inner product it is the sum of a few rows picked at random, as a user's taste is. On the
/// sets that we have real queries for, these reach as much as the real ones do, or less.
final class Calibrator {
  static final int SAMPLES_MAX = 200;

  /// Multiplications that all exact searches together may take.
  private static final double EXACT_COST_MAX = 4e10;

  private static final int SAMPLES_MIN = 25;
  private static final float ROUNDING = 1e-6f;
  private static final int PICKS_MAX = 1_000;

  /// Among as many of a row's nearest are the two that move it.
  private static final int NEIGHBOURS = 64;

  private static final int[] NEAREST = {10, 100};
  private static final int[] WIDTHS = {
    10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536
  };

  private final GraphSearch search;
  private final Presence presence;
  private final int rowCount;
  private final FlatScan scan;
  private final SearchContext context = new SearchContext();
  private final TopK top = new TopK();
  private final int[] ordinals = new int[NEAREST[NEAREST.length - 1]];
  private final float[] distances = new float[NEAREST[NEAREST.length - 1]];
  private final float[] thresholds = new float[NEAREST.length];
  private final double[] recalls = new double[NEAREST.length];
  private final double[][] recallSums = new double[NEAREST.length][WIDTHS.length];
  private final double[][] recallSquares = new double[NEAREST.length][WIDTHS.length];
  private int sampleCount;

  Calibrator(GraphSearch search, Presence presence, int rowCount) {
    this.search = search;
    this.presence = presence;
    this.rowCount = rowCount;
    scan = new FlatScan(search.metric(), search.floats());
  }

  /// How many queries are worth their exact searches.
  static int sampleCount(int rowCount, int dimension) {
    double affordable = EXACT_COST_MAX / ((double) Math.max(1, rowCount) * dimension);
    return (int) Math.min(SAMPLES_MAX, Math.max(SAMPLES_MIN, affordable));
  }

  /// Measures one query.
  ///
  /// @param sample its number, which decides on the query
  void measure(int sample) {
    float[] raw = query(new SplittableRandom(sample));
    Metric metric = search.metric();
    float[] query = context.begin(metric, raw, raw.length);
    Pass pass = presence.bits() == null ? Pass.ALL : presence::has;
    top.reset(ordinals.length);
    scan.scan(query, 0, rowCount, pass, context, top);
    int found = top.drain(ordinals, distances);
    for (int i = 0; i < NEAREST.length; i++) {
      float farthest = distances[Math.min(found, NEAREST[i]) - 1];
      // The last bits of a sum depend on whether its loop was compiled yet.
      thresholds[i] = farthest + ROUNDING * Math.abs(farthest);
    }
    boolean isComplete = false;
    for (int j = 0; j < WIDTHS.length; j++) {
      if (!isComplete) {
        isComplete = tryWidth(query, j, found);
      }
      for (int i = 0; i < NEAREST.length; i++) {
        double recall = isComplete ? 1 : recalls[i];
        recallSums[i][j] += recall;
        recallSquares[i][j] += recall * recall;
      }
    }
    sampleCount++;
  }

  static Calibration combine(List<Calibrator> shares) {
    int samples = 0;
    for (Calibrator share : shares) {
      samples += share.sampleCount;
    }
    List<Calibration.Step> steps = new ArrayList<>();
    for (int i = 0; i < NEAREST.length && samples > 0; i++) {
      for (int j = 0; j < WIDTHS.length; j++) {
        if (WIDTHS[j] >= NEAREST[i]) {
          steps.add(new Calibration.Step(NEAREST[i], WIDTHS[j], lowerBound(shares, i, j, samples)));
        }
      }
    }
    return new Calibration(List.copyOf(steps), samples);
  }

  /// The mean recall less three times its standard error.
  private static double lowerBound(List<Calibrator> shares, int nearest, int width, int samples) {
    double sum = 0;
    double squares = 0;
    for (Calibrator share : shares) {
      sum += share.recallSums[nearest][width];
      squares += share.recallSquares[nearest][width];
    }
    double mean = sum / samples;
    double variance = Math.max(0, squares / samples - mean * mean);
    return mean - 3 * Math.sqrt(variance / samples);
  }

  /// Measures one beam width. Found rows count by their distance, as one of two equal rows is as
  /// good as the other.
  ///
  /// @return whether all was found, so that wider beams need not be tried
  private boolean tryWidth(float[] query, int width, int exactCount) {
    top.reset(Math.min(WIDTHS[width], ordinals.length));
    search.search(query, WIDTHS[width], Pass.ALL, context, top);
    int found = top.drain(ordinals, distances);
    boolean isComplete = true;
    for (int i = 0; i < NEAREST.length; i++) {
      int expected = Math.min(exactCount, NEAREST[i]);
      int hits = 0;
      while (hits < Math.min(found, expected) && distances[hits] <= thresholds[i]) {
        hits++;
      }
      recalls[i] = (double) hits / expected;
      isComplete &= hits == expected;
    }
    return isComplete;
  }

  private float[] query(SplittableRandom random) {
    return switch (search.metric()) {
      case L2 -> moved(random);
      case DOT -> sum(2, random);
      // It is blind to the length that two far rows lose.
      case COSINE -> sum(3, random);
    };
  }

  private float[] sum(int count, SplittableRandom random) {
    float[] sum = vector(pick(random));
    for (int i = 1; i < count; i++) {
      add(sum, vector(pick(random)), 1);
    }
    return sum;
  }

  /// A row moved by the difference of two of its near rows.
  private float[] moved(SplittableRandom random) {
    float[] moved = vector(pick(random));
    float[] query = context.begin(search.metric(), moved, moved.length);
    top.reset(NEIGHBOURS);
    search.search(query, 2 * NEIGHBOURS, Pass.ALL, context, top);
    int found = top.drain(ordinals, distances);
    add(moved, vector(ordinals[random.nextInt(found)]), 1);
    add(moved, vector(ordinals[random.nextInt(found)]), -1);
    return moved;
  }

  private float[] vector(int ordinal) {
    float[] vector = new float[search.floats().dimension()];
    search.floats().copyTo(ordinal, vector);
    return vector;
  }

  private static void add(float[] sum, float[] vector, float sign) {
    for (int i = 0; i < sum.length; i++) {
      sum[i] += sign * vector[i];
    }
  }

  private int pick(SplittableRandom random) {
    for (int i = 0; i < PICKS_MAX; i++) {
      int ordinal = random.nextInt(rowCount);
      if (presence.has(ordinal)) {
        return ordinal;
      }
    }
    throw new IllegalStateException("no row has a vector");
  }
}
