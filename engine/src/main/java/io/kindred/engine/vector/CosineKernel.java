package io.kindred.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Negated cosine of a query of unit length: inner product and squared length of the row in one
/// pass, since vectors are stored as they were given. Immutable, thread-safe.
///
/// Rows are taken as by [SquaredDistanceKernel].
final class CosineKernel extends Kernel {
  static final CosineKernel INSTANCE = new CosineKernel();

  private CosineKernel() {}

  @Override
  public void score(float[] query, VectorRows rows, int[] ordinals, int count, float[] distances) {
    int dimension = rows.dimension();
    long base = rows.data().address();
    long stride = rows.strideBytes();
    long last = rows.lastOffset();
    int i = 0;
    for (int end = areDense(ordinals, count) ? 0 : count; i + 4 <= end; i += 4) {
      four(
          query,
          dimension,
          base + VectorRows.offset(ordinals[i], stride, last),
          base + VectorRows.offset(ordinals[i + 1], stride, last),
          base + VectorRows.offset(ordinals[i + 2], stride, last),
          base + VectorRows.offset(ordinals[i + 3], stride, last),
          distances,
          i);
    }
    for (; i < count; i++) {
      distances[i] = one(query, dimension, base + VectorRows.offset(ordinals[i], stride, last));
    }
  }

  @Override
  public void scan(float[] query, VectorRows rows, int from, int count, float[] distances) {
    int dimension = rows.dimension();
    long base = rows.data().address();
    long stride = rows.strideBytes();
    long last = rows.lastOffset();
    for (int i = 0; i < count; i++) {
      distances[i] = one(query, dimension, base + VectorRows.offset(from + i, stride, last));
    }
  }

  private static void four(
      float[] query, int dimension, long a, long b, long c, long d, float[] out, int at) {
    FloatVector dotA = FloatVector.zero(Memory.SPECIES);
    FloatVector dotB = dotA;
    FloatVector dotC = dotA;
    FloatVector dotD = dotA;
    FloatVector squaresA = dotA;
    FloatVector squaresB = dotA;
    FloatVector squaresC = dotA;
    FloatVector squaresD = dotA;
    int bound = Memory.SPECIES.loopBound(dimension);
    for (int i = 0; i < bound; i += Memory.LANES) {
      FloatVector q = FloatVector.fromArray(Memory.SPECIES, query, i);
      FloatVector x = Memory.load(a, i);
      dotA = q.fma(x, dotA);
      squaresA = x.fma(x, squaresA);
      FloatVector y = Memory.load(b, i);
      dotB = q.fma(y, dotB);
      squaresB = y.fma(y, squaresB);
      FloatVector z = Memory.load(c, i);
      dotC = q.fma(z, dotC);
      squaresC = z.fma(z, squaresC);
      FloatVector w = Memory.load(d, i);
      dotD = q.fma(w, dotD);
      squaresD = w.fma(w, squaresD);
    }
    out[at] = finish(query, bound, dimension, a, sum(dotA), sum(squaresA));
    out[at + 1] = finish(query, bound, dimension, b, sum(dotB), sum(squaresB));
    out[at + 2] = finish(query, bound, dimension, c, sum(dotC), sum(squaresC));
    out[at + 3] = finish(query, bound, dimension, d, sum(dotD), sum(squaresD));
  }

  private static float one(float[] query, int dimension, long row) {
    FloatVector dot = FloatVector.zero(Memory.SPECIES);
    FloatVector squares = dot;
    int bound = Memory.SPECIES.loopBound(dimension);
    for (int i = 0; i < bound; i += Memory.LANES) {
      FloatVector x = Memory.load(row, i);
      dot = FloatVector.fromArray(Memory.SPECIES, query, i).fma(x, dot);
      squares = x.fma(x, squares);
    }
    return finish(query, bound, dimension, row, sum(dot), sum(squares));
  }

  private static float sum(FloatVector lanes) {
    return lanes.reduceLanes(VectorOperators.ADD);
  }

  private static float finish(
      float[] query, int from, int dimension, long row, float headDot, float headSquares) {
    float dot = headDot;
    float squares = headSquares;
    int i = from;
    if (i + Memory.TAIL_LANES <= dimension) {
      FloatVector tailDot = FloatVector.zero(Memory.TAIL_SPECIES);
      FloatVector tailSquares = tailDot;
      for (; i + Memory.TAIL_LANES <= dimension; i += Memory.TAIL_LANES) {
        FloatVector x = Memory.loadTail(row, i);
        tailDot = FloatVector.fromArray(Memory.TAIL_SPECIES, query, i).fma(x, tailDot);
        tailSquares = x.fma(x, tailSquares);
      }
      dot += sum(tailDot);
      squares += sum(tailSquares);
    }
    for (; i < dimension; i++) {
      float x = Memory.get(row, i);
      dot = Math.fma(query[i], x, dot);
      squares = Math.fma(x, x, squares);
    }
    return (float) (-dot / Math.sqrt(squares));
  }
}
