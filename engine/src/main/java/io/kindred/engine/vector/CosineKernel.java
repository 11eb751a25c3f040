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
    if (dimension % Memory.LANES != 0 || areDense(ordinals, count)) {
      scoreInTurn(query, rows, ordinals, count, distances);
      return;
    }
    long base = rows.data().address();
    long stride = rows.strideBytes();
    long last = rows.lastOffset();
    for (int i = 0; i < count; i += 4) {
      // Where fewer are left, the last one is taken again.
      int b = Math.min(i + 1, count - 1);
      int c = Math.min(i + 2, count - 1);
      int d = Math.min(i + 3, count - 1);
      long rowA = base + VectorRows.offset(ordinals[i], stride, last);
      long rowB = base + VectorRows.offset(ordinals[b], stride, last);
      long rowC = base + VectorRows.offset(ordinals[c], stride, last);
      long rowD = base + VectorRows.offset(ordinals[d], stride, last);
      FloatVector dotA = FloatVector.zero(Memory.SPECIES);
      FloatVector dotB = dotA;
      FloatVector dotC = dotA;
      FloatVector dotD = dotA;
      FloatVector squaresA = dotA;
      FloatVector squaresB = dotA;
      FloatVector squaresC = dotA;
      FloatVector squaresD = dotA;
      for (int j = 0; j < dimension; j += Memory.LANES) {
        FloatVector q = FloatVector.fromArray(Memory.SPECIES, query, j);
        FloatVector x = Memory.load(rowA, j);
        dotA = q.fma(x, dotA);
        squaresA = x.fma(x, squaresA);
        FloatVector y = Memory.load(rowB, j);
        dotB = q.fma(y, dotB);
        squaresB = y.fma(y, squaresB);
        FloatVector z = Memory.load(rowC, j);
        dotC = q.fma(z, dotC);
        squaresC = z.fma(z, squaresC);
        FloatVector w = Memory.load(rowD, j);
        dotD = q.fma(w, dotD);
        squaresD = w.fma(w, squaresD);
      }
      distances[i] = cosine(dotA, squaresA);
      distances[b] = cosine(dotB, squaresB);
      distances[c] = cosine(dotC, squaresC);
      distances[d] = cosine(dotD, squaresD);
    }
  }

  private static void scoreInTurn(
      float[] query, VectorRows rows, int[] ordinals, int count, float[] distances) {
    long base = rows.data().address();
    long stride = rows.strideBytes();
    long last = rows.lastOffset();
    for (int i = 0; i < count; i++) {
      distances[i] =
          one(query, rows.dimension(), base + VectorRows.offset(ordinals[i], stride, last));
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

  private static float one(float[] query, int dimension, long row) {
    FloatVector dot = FloatVector.zero(Memory.SPECIES);
    FloatVector squares = dot;
    int bound = Memory.SPECIES.loopBound(dimension);
    for (int i = 0; i < bound; i += Memory.LANES) {
      FloatVector x = Memory.load(row, i);
      dot = FloatVector.fromArray(Memory.SPECIES, query, i).fma(x, dot);
      squares = x.fma(x, squares);
    }
    float dotSum = dot.reduceLanes(VectorOperators.ADD);
    float squaresSum = squares.reduceLanes(VectorOperators.ADD);
    return bound == dimension
        ? cosine(dotSum, squaresSum)
        : cosine(
            dotSum + DotKernel.tail(query, bound, dimension, row),
            squaresSum + squaresOfTail(bound, dimension, row));
  }

  private static float cosine(FloatVector dot, FloatVector squares) {
    return cosine(dot.reduceLanes(VectorOperators.ADD), squares.reduceLanes(VectorOperators.ADD));
  }

  private static float cosine(float dot, float squares) {
    return (float) (-dot / Math.sqrt(squares));
  }

  private static float squaresOfTail(int from, int dimension, long row) {
    FloatVector sum = FloatVector.zero(Memory.TAIL_SPECIES);
    int i = from;
    for (; i + Memory.TAIL_LANES <= dimension; i += Memory.TAIL_LANES) {
      FloatVector x = Memory.loadTail(row, i);
      sum = x.fma(x, sum);
    }
    float squares = sum.reduceLanes(VectorOperators.ADD);
    for (; i < dimension; i++) {
      float x = Memory.get(row, i);
      squares = Math.fma(x, x, squares);
    }
    return squares;
  }
}
