package io.kindred.engine.hnsw;

import io.kindred.engine.vector.CodeRows;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.Walk;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/// Overlapping clusters of near rows: each row is in those of its nearest leaders, which are rows
/// picked at random. Clusters that came out large are divided in the same way.
///
/// Owned by one thread.
final class Clusters {
  /// Rows of a cluster at most.
  static final int SIZE_MAX = 1024;

  /// Clusters that a row is in.
  private static final int OVERLAP = 3;

  /// Rows of a cluster on average, while it is not divided.
  private static final int SIZE = 400;

  /// More leaders at once would make finding the nearest the greater part of the work.
  private static final int LEADERS_MAX = 2048;

  private final Codes codes;
  private final Workers workers;
  private final SplittableRandom random = new SplittableRandom(7);
  private final List<int[]> finished = new ArrayList<>();

  Clusters(Codes codes, Workers workers) {
    this.codes = codes;
    this.workers = workers;
  }

  /// Divides the rows.
  ///
  /// @throws InterruptedException where the calling thread is interrupted
  List<int[]> of(RowSet rows) throws InterruptedException {
    int[] all = new int[rows.count()];
    for (int i = 0; i < all.length; i++) {
      all[i] = rows.get(i);
    }
    divide(all, OVERLAP);
    return List.copyOf(finished);
  }

  /// @param overlap how many of the parts each row is in
  private void divide(int[] rows, int overlap) throws InterruptedException {
    if (rows.length <= SIZE_MAX) {
      finished.add(rows);
      return;
    }
    int wanted = (int) Math.min(LEADERS_MAX, 1 + (long) rows.length * overlap / SIZE);
    int[] leaders = pick(rows, Math.max(2, wanted));
    int[][] nearest = nearestLeaders(rows, leaders, Math.min(overlap, leaders.length));
    int[] sizes = new int[leaders.length];
    for (int[] each : nearest) {
      for (int leader : each) {
        sizes[leader]++;
      }
    }
    int[][] parts = new int[leaders.length][];
    for (int i = 0; i < parts.length; i++) {
      parts[i] = new int[sizes[i]];
    }
    Arrays.fill(sizes, 0);
    for (int i = 0; i < rows.length; i++) {
      for (int leader : nearest[i]) {
        parts[leader][sizes[leader]++] = rows[i];
      }
    }
    for (int[] part : parts) {
      if (part.length == rows.length) {
        // All rows are as near to one leader: equal ones, for which any division is as good.
        halve(part);
      } else if (part.length > 1) {
        divide(part, 1);
      }
    }
  }

  private void halve(int[] rows) {
    for (int from = 0; from < rows.length; from += SIZE_MAX) {
      finished.add(Arrays.copyOfRange(rows, from, Math.min(rows.length, from + SIZE_MAX)));
    }
  }

  private int[] pick(int[] rows, int count) {
    int[] shuffled = rows.clone();
    for (int i = 0; i < count; i++) {
      int other = i + random.nextInt(shuffled.length - i);
      int picked = shuffled[other];
      shuffled[other] = shuffled[i];
      shuffled[i] = picked;
    }
    return Arrays.copyOf(shuffled, count);
  }

  /// The places of the nearest leaders of each row.
  private int[][] nearestLeaders(int[] rows, int[] leaders, int count) throws InterruptedException {
    int[][] nearest = new int[rows.length][];
    try (Arena arena = Arena.ofShared()) {
      CodeRows copies = codes.copy(leaders, arena);
      workers
          .crew(this::newWalk)
          .run(
              rows.length,
              (walk, i) -> nearest[i] = nearest(rows[i], copies, leaders.length, count, walk));
    }
    return nearest;
  }

  private Walk newWalk() {
    Walk walk = new Walk();
    walk.reserve(codes.rows(), codes.rowCount(), 1);
    return walk;
  }

  private int[] nearest(int row, CodeRows leaders, int leaderCount, int count, Walk walk) {
    GraphKernel kernel = GraphKernel.best();
    kernel.load(codes.rows(), row, walk);
    int[] best = new int[count];
    float[] distances = new float[count];
    Arrays.fill(distances, Float.POSITIVE_INFINITY);
    for (int from = 0; from < leaderCount; from += Walk.BATCH_MAX) {
      int batch = Math.min(Walk.BATCH_MAX, leaderCount - from);
      for (int i = 0; i < batch; i++) {
        walk.setId(i, from + i);
      }
      kernel.score(leaders, walk, batch);
      for (int i = 0; i < batch; i++) {
        float distance = walk.distance(i);
        if (distance < distances[count - 1]) {
          int at = count - 1;
          for (; at > 0 && distances[at - 1] > distance; at--) {
            distances[at] = distances[at - 1];
            best[at] = best[at - 1];
          }
          distances[at] = distance;
          best[at] = from + i;
        }
      }
    }
    return best;
  }
}
