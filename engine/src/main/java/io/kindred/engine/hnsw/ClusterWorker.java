package io.kindred.engine.hnsw;

import io.kindred.engine.index.TopK;
import io.kindred.engine.vector.CodeRows;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.Walk;
import java.lang.foreign.Arena;

/// Compares all rows of a cluster with each other. Owned by one worker thread.
final class ClusterWorker {
  /// Near rows that a cluster contributes for each of its rows.
  private static final int NEAREST = 24;

  private final Codes codes;
  private final NearRows near;
  private final Walk walk = new Walk();
  private final TopK top = new TopK();
  private final long[] offered = new long[NEAREST];
  private final long[] scratch = new long[NEAREST + NearRows.COUNT_MAX];

  ClusterWorker(Codes codes, NearRows near) {
    this.codes = codes;
    this.near = near;
    walk.reserve(codes.rows(), codes.rowCount(), 1);
  }

  /// @param rows at most [Clusters#SIZE_MAX]
  void compare(int[] rows) {
    GraphKernel kernel = GraphKernel.best();
    try (Arena arena = Arena.ofConfined()) {
      // Copied side by side, they stay in the processor's cache.
      CodeRows copies = codes.copy(rows, arena);
      for (int i = 0; i < rows.length; i++) {
        kernel.load(copies, i, walk);
        for (int j = 0; j < rows.length; j++) {
          walk.setId(j, j);
        }
        kernel.score(copies, walk, rows.length);
        top.reset(NEAREST);
        for (int j = 0; j < rows.length; j++) {
          if (j != i) {
            top.offer(walk.distance(j), rows[j]);
          }
        }
        near.offer(rows[i], offered, top.drain(offered), scratch);
      }
    }
  }
}
