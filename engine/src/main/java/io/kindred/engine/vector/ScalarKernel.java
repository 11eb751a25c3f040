package io.kindred.engine.vector;

import io.kindred.engine.Metric;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/// The plain loops: every segment access checked, sums in double. Immutable, thread-safe.
final class ScalarKernel extends Kernel {
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Metric metric;

  ScalarKernel(Metric metric) {
    this.metric = metric;
  }

  @Override
  public void score(float[] query, VectorRows rows, int[] ordinals, int count, float[] distances) {
    for (int i = 0; i < count; i++) {
      distances[i] = distance(query, rows, ordinals[i]);
    }
  }

  @Override
  public void scan(float[] query, VectorRows rows, int from, int count, float[] distances) {
    for (int i = 0; i < count; i++) {
      distances[i] = distance(query, rows, from + i);
    }
  }

  private float distance(float[] query, VectorRows rows, int ordinal) {
    MemorySegment data = rows.data();
    long offset = ordinal * rows.strideBytes();
    double dot = 0;
    double rowSquares = 0;
    double differenceSquares = 0;
    for (int i = 0; i < rows.dimension(); i++) {
      double x = data.get(FLOAT, offset + (long) i * Float.BYTES);
      dot += query[i] * x;
      rowSquares += x * x;
      differenceSquares += (query[i] - x) * (query[i] - x);
    }
    return switch (metric) {
      case L2 -> (float) differenceSquares;
      case DOT -> (float) -dot;
      case COSINE -> (float) (-dot / Math.sqrt(rowSquares));
    };
  }
}
