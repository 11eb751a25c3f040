package io.kindred.engine.hnsw;

import io.kindred.engine.Metric;
import io.kindred.engine.index.Calibration;
import io.kindred.engine.index.FlatScan;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.vector.GraphMemory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntPredicate;
import org.jspecify.annotations.Nullable;

/// Measures which recall each beam width reaches, on queries made from the rows. Owned by one
/// worker thread; the shares of all workers make the [Calibration].
///
/// A row taken as the query flatters the graph, which was built to lead to it: where real queries
/// reached 0.76, rows reached 0.97. Under the distance a query is therefore a row that is hidden
/// from the walks, and no answer. Its neighbours were linked through it, so they are harder to find
/// than those of a row that was never inserted: where real queries reach 0.967, hidden rows reach
/// 0.946. Under the cosine and the inner product a query is the sum of a few rows picked at random,
/// as a user's taste is. These have no such margin, and are given a larger one.
final class Calibrator {
  private static final int QUERIES_MAX = 200;

  /// Multiplications that all exact searches together may take.
  private static final double EXACT_COST_MAX = 4e10;

  private static final int QUERIES_MIN = 25;
  private static final float ROUNDING = 1e-6f;
  private static final int PICKS_MAX = 1_000;

  /// Queries that are compared with a block of rows together.
  private static final int GROUP = 8;

  private static final int BLOCK_BYTES = 256 << 10;
  private static final int NONE = -1;

  /// How many standard errors are taken off the mean recall of hidden rows, and of sums.
  private static final double HIDDEN_MARGIN = 1;

  private static final double SUMS_MARGIN = 3;

  private static final int[] NEAREST = {10, 100};

  /// The largest of them, and the row that is no answer.
  private static final int EXACT = 101;

  private static final int[] WIDTHS = {
    10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536
  };

  private final GraphSearch search;
  private final Presence presence;
  private final int rowCount;
  private final int queryCount;
  private final FlatScan scan;
  private final SearchContext context = new SearchContext();
  private final TopK[] exact = new TopK[GROUP];
  private final TopK top = new TopK();
  private final int[] ordinals = new int[EXACT];
  private final float[] distances = new float[EXACT];
  private final float[] thresholds = new float[NEAREST.length];
  private final double[] recalls = new double[NEAREST.length];
  private final double[][] recallSums = new double[NEAREST.length][WIDTHS.length];
  private final double[][] recallSquares = new double[NEAREST.length][WIDTHS.length];
  private int sampleCount;

  /// @param queryCount of all workers together
  Calibrator(GraphSearch search, Presence presence, int rowCount, int queryCount) {
    this.search = search;
    this.presence = presence;
    this.rowCount = rowCount;
    this.queryCount = queryCount;
    scan = new FlatScan(search.metric(), search.floats());
    Arrays.setAll(exact, _ -> new TopK());
    context.walk().reserve(search.graph().rows(), rowCount, WIDTHS[WIDTHS.length - 1]);
  }

  /// How many queries are worth their exact searches.
  static int queryCount(int rowCount, int dimension) {
    double affordable = EXACT_COST_MAX / ((double) Math.max(1, rowCount) * dimension);
    return (int) Math.min(QUERIES_MAX, Math.max(QUERIES_MIN, affordable));
  }

  /// How many groups of queries there are to [#measure].
  static int groupCount(int queryCount) {
    return (queryCount + GROUP - 1) / GROUP;
  }

  /// A query as the metric's kernel takes it.
  ///
  /// @param hidden the row that is no answer, or [#NONE]
  private record Query(float[] vector, int hidden) {}

  /// Measures a group of queries, which are the same whoever measures them.
  void measure(int group) {
    List<Query> queries = new ArrayList<>();
    int end = Math.min(queryCount, (group + 1) * GROUP);
    for (int number = group * GROUP; number < end; number++) {
      Query query = query(new SplittableRandom(number));
      if (query != null) {
        queries.add(query);
      }
    }
    compareAll(queries);
    for (int i = 0; i < queries.size(); i++) {
      measure(queries.get(i), exact[i]);
    }
  }

  private @Nullable Query query(SplittableRandom random) {
    return switch (search.metric()) {
      case L2 -> {
        int row = pick(random, candidate -> !isEntry(candidate));
        yield row == NONE ? null : query(vector(row), row);
      }
      case DOT -> query(sum(2, random), NONE);
      // It is blind to the length that two far rows lose.
      case COSINE -> query(sum(3, random), NONE);
    };
  }

  private Query query(float[] raw, int hidden) {
    float[] prepared = context.begin(search.metric(), raw, raw.length);
    return new Query(Arrays.copyOf(prepared, raw.length), hidden);
  }

  /// Exact searches: a block of rows is compared with all queries while it is in the cache.
  private void compareAll(List<Query> queries) {
    Pass pass = presence.bits() == null ? Pass.ALL : presence::has;
    for (TopK one : exact) {
      one.reset(EXACT);
    }
    int rows = Math.max(1, BLOCK_BYTES / (Float.BYTES * search.floats().dimension()));
    for (int from = 0; from < rowCount; from += rows) {
      int to = Math.min(rowCount, from + rows);
      for (int i = 0; i < queries.size(); i++) {
        scan.scan(queries.get(i).vector(), from, to, pass, context, exact[i]);
      }
    }
  }

  private void measure(Query query, TopK nearest) {
    int found = drainOthers(nearest, query.hidden());
    if (found == 0) {
      return;
    }
    for (int i = 0; i < NEAREST.length; i++) {
      float farthest = distances[Math.min(found, NEAREST[i]) - 1];
      // The last bits of a sum depend on whether its loop was compiled yet.
      thresholds[i] = farthest + ROUNDING * Math.abs(farthest);
    }
    if (query.hidden() != NONE) {
      context.walk().hide(query.hidden());
    }
    tryWidths(query.vector(), found);
    if (query.hidden() != NONE) {
      context.walk().show(query.hidden());
    }
    sampleCount++;
  }

  /// Leaves the distances of the nearest rows but for one.
  ///
  /// @return how many
  private int drainOthers(TopK nearest, int hidden) {
    int found = nearest.drain(ordinals, distances);
    int kept = 0;
    for (int i = 0; i < found; i++) {
      if (ordinals[i] != hidden) {
        distances[kept++] = distances[i];
      }
    }
    return Math.min(kept, NEAREST[NEAREST.length - 1]);
  }

  private void tryWidths(float[] query, int exactCount) {
    boolean isComplete = false;
    for (int j = 0; j < WIDTHS.length; j++) {
      if (!isComplete) {
        isComplete = tryWidth(query, j, exactCount);
      }
      for (int i = 0; i < NEAREST.length; i++) {
        double recall = isComplete ? 1 : recalls[i];
        recallSums[i][j] += recall;
        recallSquares[i][j] += recall * recall;
      }
    }
  }

  static Calibration combine(Metric metric, List<Calibrator> shares) {
    int samples = 0;
    for (Calibrator share : shares) {
      samples += share.sampleCount;
    }
    double margin = metric == Metric.L2 ? HIDDEN_MARGIN : SUMS_MARGIN;
    List<Calibration.Step> steps = new ArrayList<>();
    for (int i = 0; i < NEAREST.length && samples > 0; i++) {
      for (int j = 0; j < WIDTHS.length; j++) {
        if (WIDTHS[j] >= NEAREST[i]) {
          double recall = lowerBound(shares, i, j, samples, margin);
          steps.add(new Calibration.Step(NEAREST[i], WIDTHS[j], recall));
        }
      }
    }
    return new Calibration(List.copyOf(steps), samples);
  }

  private static double lowerBound(
      List<Calibrator> shares, int nearest, int width, int queries, double margin) {
    double sum = 0;
    double squares = 0;
    for (Calibrator share : shares) {
      sum += share.recallSums[nearest][width];
      squares += share.recallSquares[nearest][width];
    }
    double mean = sum / queries;
    double variance = Math.max(0, squares / queries - mean * mean);
    return mean - margin * Math.sqrt(variance / queries);
  }

  /// Measures one beam width. Found rows count by their distance, as one of two equal rows is as
  /// good as the other.
  ///
  /// @return whether all was found, so that wider beams need not be tried
  private boolean tryWidth(float[] query, int width, int exactCount) {
    top.reset(Math.min(WIDTHS[width], NEAREST[NEAREST.length - 1]));
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

  private float[] sum(int count, SplittableRandom random) {
    float[] sum = vector(pick(random));
    for (int i = 1; i < count; i++) {
      float[] more = vector(pick(random));
      for (int j = 0; j < sum.length; j++) {
        sum[j] += more[j];
      }
    }
    return sum;
  }

  private float[] vector(int ordinal) {
    float[] vector = new float[search.floats().dimension()];
    search.floats().copyTo(ordinal, vector);
    return vector;
  }

  private boolean isEntry(int row) {
    GraphMemory graph = search.graph();
    for (int i = 0; i < graph.entryCount(); i++) {
      if (graph.entryId(i) == row) {
        return true;
      }
    }
    return false;
  }

  private int pick(SplittableRandom random) {
    int picked = pick(random, _ -> true);
    if (picked == NONE) {
      throw new IllegalStateException("no row has a vector");
    }
    return picked;
  }

  /// A row that has a vector and is wanted, or none where that is rare.
  private int pick(SplittableRandom random, IntPredicate isWanted) {
    for (int i = 0; i < PICKS_MAX; i++) {
      int row = random.nextInt(rowCount);
      if (presence.has(row) && isWanted.test(row)) {
        return row;
      }
    }
    return NONE;
  }
}
