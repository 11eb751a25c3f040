package io.kindred.engine.vector;

import io.kindred.engine.Metric;

/// Distances of stored vectors to one query, many per call: one call per hop of a graph walk, one
/// per block of a scan. Lower is nearer: l2 the squared distance, dot the negated inner product,
/// cosine the negated cosine.
///
/// A row's distance does not depend on the other rows of the call, nor on which of the two methods
/// computed it, but for the rounding of its last bits. Rows outside the [VectorRows] throw; the
/// caller keeps the memory alive. No call allocates. Immutable, thread-safe.
///
/// The bodies of [#score] are written out in one method, longer than what the compiler inlines into
/// a caller (`FreqInlineSize`, 325 bytes of code): inlined into a large caller, the vector
/// operations that no longer fit are left as calls, and each of them then allocates.
public abstract sealed class Kernel
    permits CosineKernel, DotKernel, ScalarKernel, SquaredDistanceKernel {

  /// The fastest kernel that needs nothing but the JDK: over consecutive rows, as fast as any.
  public static Kernel of(Metric metric) {
    return switch (metric) {
      case L2 -> SquaredDistanceKernel.INSTANCE;
      case DOT -> DotKernel.INSTANCE;
      case COSINE -> CosineKernel.INSTANCE;
    };
  }

  /// The plain loop that the fast kernels are compared with.
  public static Kernel scalar(Metric metric) {
    return new ScalarKernel(metric);
  }

  /// Copies a query into the form that the kernels of a metric take: unit length under cosine, else
  /// as given. A zero vector stays zero.
  public static void prepare(Metric metric, float[] query, int dimension, float[] into) {
    System.arraycopy(query, 0, into, 0, dimension);
    if (metric != Metric.COSINE) {
      return;
    }
    double squares = 0;
    for (int i = 0; i < dimension; i++) {
      squares += (double) query[i] * query[i];
    }
    if (squares > 0) {
      double scale = 1 / Math.sqrt(squares);
      for (int i = 0; i < dimension; i++) {
        into[i] = (float) (query[i] * scale);
      }
    }
  }

  /// Distances of the rows `ordinals[0 .. count)` into `distances[0 .. count)`.
  ///
  /// @param query in the form of [#prepare], at least the rows' dimension long
  public abstract void score(
      float[] query, VectorRows rows, int[] ordinals, int count, float[] distances);

  /// Distances of the consecutive rows `[from, from + count)` into `distances[0 .. count)`.
  public abstract void scan(float[] query, VectorRows rows, int from, int count, float[] distances);

  /// Whether ordinals, ascending, lie so close that memory is read front to back: then one row at a
  /// time is faster than four.
  static boolean areDense(int[] ordinals, int count) {
    if (count == 0) {
      return true;
    }
    int span = ordinals[count - 1] - ordinals[0];
    return span >= 0 && span < 4 * count;
  }
}
