package io.kindred.engine.index;

import io.kindred.engine.Metric;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/// The rows of a graph and how far apart they are. Immutable, thread-safe.
///
/// Under the inner product nearness to a *query* is `-q·x`, which is no distance between rows: a
/// graph pruned by it falls apart. Rows are therefore compared with each other in the space of one
/// more coordinate, `sqrt(M² - |x|²)` with `M` the largest norm, where all have the length `M` and
/// Euclidean nearness to a query, whose extra coordinate is 0, is the inner product (Bachrach et
/// al., RecSys 2014).
///
/// @param lift the extra coordinate by ordinal, or null where rows are compared as they are
record Space(Metric metric, Kernel kernel, VectorRows rows, @Nullable MemorySegment lift) {
  static final ValueLayout.OfFloat FLOAT = ValueLayout.JAVA_FLOAT;

  static Space of(Metric metric, VectorRows rows) {
    return new Space(metric, Kernel.of(metric), rows, null);
  }

  Space withLift(@Nullable MemorySegment newLift) {
    return new Space(metric, kernel, rows, newLift);
  }

  /// Makes a stored row the query of [#score].
  void load(int ordinal, Origin origin) {
    if (origin.values.length < rows.dimension()) {
      origin.values = new float[rows.dimension()];
    }
    rows.copyTo(ordinal, origin.values);
    if (metric == Metric.COSINE) {
      scaleToUnit(ordinal, origin);
    }
    origin.lift = lift == null ? 0 : lift.getAtIndex(FLOAT, ordinal);
  }

  /// Distances to the origin, monotone in the Euclidean distance of the space.
  void score(Origin origin, int[] ordinals, int count, float[] distances) {
    kernel.score(origin.values, rows, ordinals, count, distances);
    MemorySegment lifts = lift;
    if (lifts != null && origin.lift != 0) {
      for (int i = 0; i < count; i++) {
        distances[i] -= origin.lift * lifts.getAtIndex(FLOAT, ordinals[i]);
      }
    }
  }

  private void scaleToUnit(int ordinal, Origin origin) {
    origin.self[0] = ordinal;
    // The negated cosine of x with itself, times |x|.
    kernel.score(origin.values, rows, origin.self, 1, origin.length);
    float scale = -1 / origin.length[0];
    for (int i = 0; i < rows.dimension(); i++) {
      origin.values[i] *= scale;
    }
  }

  /// A query, or a stored row taken as one. Owned by one thread.
  static final class Origin {
    float[] values = new float[0];

    /// The extra coordinate: 0 for a query.
    float lift;

    private final int[] self = new int[1];
    private final float[] length = new float[1];
  }
}
