package io.kindred.engine.ivf;

import io.kindred.engine.Metric;
import io.kindred.engine.index.FlatScan;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;

/// Measures, on queries made from the rows, in which of the lists, by their distance, the nearest
/// rows are, and how many candidates by code are to be compared to have them. Owned by one worker
/// thread; the shares of all workers make the [IvfCalibration].
///
/// Under the distance a query is a row that is no answer: it lies among its list's rows as a query
/// of the same set would. Under the cosine and the inner product it is the sum of a few rows picked
/// at random, as a user's taste is. A sum under the distance lies off a set of few intrinsic
/// dimensions, far from all rows: of ten million, so many have codes as near as those of its
/// nearest that these are not among the candidates, and no number of lists reaches the wanted
/// recall.
final class IvfCalibrator {
  private static final int SAMPLES_MAX = 200;
  private static final int SAMPLES_MIN = 25;

  /// Multiplications that all exact searches together may take.
  private static final double EXACT_COST_MAX = 4e10;

  private static final int PICKS_MAX = 1_000;
  private static final int[] NEAREST = {10, 100};
  private static final int NEAREST_MAX = 100;
  private static final int NONE = -1;

  /// Candidates among which the nearest rows are looked for.
  private static final int REFINE_MAX = 4_096;

  /// The share of the nearest rows in scanned lists that must be among the candidates.
  private static final double CAPTURED = 0.995;

  private static final int STEPS_MAX = 26;

  /// Queries that are compared with a block of rows while it is in the cache, and those rows.
  private static final int GROUP = 16;

  private static final int BLOCK_ROWS = 1_024;

  private final Space space;
  private final IvfIndex index;
  private final Coarse coarse;
  private final int[] grid;
  private final FlatScan scan;
  private final SearchContext context = new SearchContext();
  private final IvfScratch scratch = new IvfScratch();
  private final float[][] queries;
  private final TopK[] nearest = new TopK[GROUP];

  /// The row that is no answer, of each query.
  private final int[] hidden = new int[GROUP];

  private final int[] truth = new int[NEAREST_MAX + 1];
  private final float[] distances = new float[NEAREST_MAX + 1];
  private final int[] ranks;
  private final double[][] recallSums;
  private final double[][] recallSquares;

  /// How many of the nearest rows had so many candidates before them; the last place counts those
  /// that had more.
  private final long[][] candidateRanks = new long[NEAREST.length][REFINE_MAX + 1];

  private int sampleCount;

  /// What is measured. Immutable.
  ///
  /// @param lists int32: the list of each row
  record Space(
      Metric metric, VectorRows rows, int rowCount, Presence presence, MemorySegment lists) {}

  IvfCalibrator(Space space, IvfIndex index, Coarse coarse) {
    this.space = space;
    this.index = index;
    this.coarse = coarse;
    int listCount = index.data().listCount();
    grid = grid(listCount);
    queries = new float[GROUP][space.rows().dimension()];
    Arrays.setAll(nearest, _ -> new TopK());
    scan = new FlatScan(space.metric(), space.rows());
    ranks = new int[listCount];
    Arrays.fill(ranks, Integer.MAX_VALUE);
    recallSums = new double[NEAREST.length][grid.length];
    recallSquares = new double[NEAREST.length][grid.length];
  }

  /// Numbers of lists: powers of two, the middles between them, and all.
  private static int[] grid(int listCount) {
    int[] grid = new int[STEPS_MAX];
    int count = 0;
    for (int step = 1; step < listCount && count < STEPS_MAX - 2; step *= 2) {
      grid[count++] = step;
      if (step >= 2 && step / 2 * 3 < listCount) {
        grid[count++] = step / 2 * 3;
      }
    }
    grid[count++] = listCount;
    return Arrays.copyOf(grid, count);
  }

  /// How many queries are worth their exact searches.
  static int sampleCount(int rowCount, int dimension) {
    double affordable = EXACT_COST_MAX / ((double) Math.max(1, rowCount) * dimension);
    return (int) Math.min(SAMPLES_MAX, Math.max(SAMPLES_MIN, affordable));
  }

  /// How many groups the queries are measured in.
  static int groupCount(int samples) {
    return (samples + GROUP - 1) / GROUP;
  }

  /// Measures one group of queries.
  ///
  /// @param group its number, which decides on the queries
  /// @param samples queries of all groups together
  void measure(int group, int samples) {
    int count = Math.min(GROUP, samples - group * GROUP);
    for (int i = 0; i < count; i++) {
      SplittableRandom random = new SplittableRandom((long) group * GROUP + i);
      hidden[i] = space.metric() == Metric.L2 ? pick(random) : NONE;
      float[] raw = hidden[i] == NONE ? mix(random) : row(hidden[i]);
      Kernel.prepare(space.metric(), raw, raw.length, queries[i]);
      nearest[i].reset(NEAREST_MAX + 1);
    }
    Pass pass = space.presence().bits() == null ? Pass.ALL : space.presence()::has;
    for (int from = 0; from < space.rowCount(); from += BLOCK_ROWS) {
      int to = Math.min(space.rowCount(), from + BLOCK_ROWS);
      for (int i = 0; i < count; i++) {
        scan.scan(queries[i], from, to, pass, context, nearest[i]);
      }
    }
    for (int i = 0; i < count; i++) {
      int found = drainOthers(nearest[i], hidden[i]);
      if (found == 0) {
        continue;
      }
      int farthest = measureLists(queries[i], found);
      measureCandidates(queries[i], farthest + 1, found);
      sampleCount++;
    }
  }

  /// Leaves the nearest rows but for the hidden one and its copies in `truth`: those lie in its own
  /// list, as no neighbour of a real query must.
  ///
  /// @return how many
  private int drainOthers(TopK top, int hiddenRow) {
    int found = top.drain(truth, distances);
    int kept = 0;
    for (int i = 0; i < found; i++) {
      boolean isCopy = hiddenRow != NONE && distances[i] == 0;
      if (truth[i] != hiddenRow && !isCopy) {
        truth[kept++] = truth[i];
      }
    }
    return Math.min(kept, NEAREST_MAX);
  }

  /// @return the largest rank of a list that holds one of the nearest rows
  private int measureLists(float[] query, int found) {
    int listCount = coarse.findNearest(query, ranks.length, scratch);
    for (int i = 0; i < listCount; i++) {
      ranks[scratch.lists[i]] = i;
    }
    int farthest = 0;
    for (int i = 0; i < NEAREST.length; i++) {
      int k = Math.min(found, NEAREST[i]);
      for (int step = 0; step < grid.length; step++) {
        int hits = 0;
        for (int j = 0; j < k; j++) {
          int rank = ranks[space.lists().getAtIndex(ListData.INT, truth[j])];
          hits += rank < grid[step] ? 1 : 0;
          farthest = Math.max(farthest, rank);
        }
        double recall = (double) hits / k;
        recallSums[i][step] += recall;
        recallSquares[i][step] += recall * recall;
      }
    }
    return farthest;
  }

  private void measureCandidates(float[] query, int probes, int found) {
    scratch.begin(ranks.length, 1);
    scratch.candidates.reset(REFINE_MAX);
    index.collect(query, probes, Pass.ALL, scratch);
    int candidates = scratch.candidates.finish();
    Map<Integer, Integer> rankOf = new HashMap<>();
    for (int i = 0; i < candidates; i++) {
      rankOf.put(scratch.candidates.id(i), i);
    }
    for (int i = 0; i < NEAREST.length; i++) {
      for (int j = 0; j < Math.min(found, NEAREST[i]); j++) {
        candidateRanks[i][rankOf.getOrDefault(truth[j], REFINE_MAX)]++;
      }
    }
  }

  static IvfCalibration combine(List<IvfCalibrator> shares) {
    int samples = 0;
    for (IvfCalibrator share : shares) {
      samples += share.sampleCount;
    }
    if (samples == 0) {
      return IvfCalibration.NONE;
    }
    int[] grid = shares.getFirst().grid;
    List<IvfCalibration.Step> steps = new ArrayList<>();
    List<IvfCalibration.Refine> refines = new ArrayList<>();
    for (int i = 0; i < NEAREST.length; i++) {
      int refine = refineCount(shares, i);
      refines.add(new IvfCalibration.Refine(NEAREST[i], refine));
      for (int step = 0; step < grid.length; step++) {
        double inLists = lowerBound(shares, i, step, samples);
        double recall = Math.max(0, inLists - (1 - captured(shares, i, refine)));
        steps.add(new IvfCalibration.Step(NEAREST[i], grid[step], recall));
      }
    }
    return new IvfCalibration(List.copyOf(steps), List.copyOf(refines), samples);
  }

  /// The mean recall less twice its standard error.
  private static double lowerBound(List<IvfCalibrator> shares, int nearest, int step, int samples) {
    double sum = 0;
    double squares = 0;
    for (IvfCalibrator share : shares) {
      sum += share.recallSums[nearest][step];
      squares += share.recallSquares[nearest][step];
    }
    double mean = sum / samples;
    double variance = Math.max(0, squares / samples - mean * mean);
    return mean - 2 * Math.sqrt(variance / samples);
  }

  /// The least number of candidates that holds enough of the nearest rows.
  private static int refineCount(List<IvfCalibrator> shares, int nearest) {
    int count = NEAREST[nearest];
    while (count < REFINE_MAX && captured(shares, nearest, count) < CAPTURED) {
      count += Math.max(1, count / 16);
    }
    return Math.min(count, REFINE_MAX);
  }

  private static double captured(List<IvfCalibrator> shares, int nearest, int count) {
    long all = 0;
    long captured = 0;
    for (IvfCalibrator share : shares) {
      for (int rank = 0; rank <= REFINE_MAX; rank++) {
        long rows = share.candidateRanks[nearest][rank];
        all += rows;
        captured += rank < count ? rows : 0;
      }
    }
    return all == 0 ? 1 : (double) captured / all;
  }

  private float[] row(int ordinal) {
    float[] row = new float[space.rows().dimension()];
    space.rows().copyTo(ordinal, row);
    return row;
  }

  /// The sum of rows: two, or three under the cosine, which is blind to the length that two far
  /// rows lose.
  private float[] mix(SplittableRandom random) {
    float[] sum = row(pick(random));
    int count = space.metric() == Metric.COSINE ? 3 : 2;
    for (int i = 1; i < count; i++) {
      float[] more = row(pick(random));
      for (int j = 0; j < sum.length; j++) {
        sum[j] += more[j];
      }
    }
    return sum;
  }

  private int pick(SplittableRandom random) {
    for (int i = 0; i < PICKS_MAX; i++) {
      int ordinal = random.nextInt(space.rowCount());
      if (space.presence().has(ordinal)) {
        return ordinal;
      }
    }
    return index.data().ordinal(firstPlace());
  }

  private int firstPlace() {
    int place = 0;
    while (index.data().ordinal(place) == ListData.NONE) {
      place++;
    }
    return place;
  }
}
