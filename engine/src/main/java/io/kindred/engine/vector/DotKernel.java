package io.kindred.engine.vector;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/// Negated inner product. Immutable, thread-safe.
///
/// Gathered rows are taken four at a time, which keeps four cache misses in flight; consecutive
/// rows one at a time, which the hardware prefetcher follows best. Both add in the same order.
final class DotKernel extends Kernel {
  static final DotKernel INSTANCE = new DotKernel();

  private DotKernel() {}

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
      FloatVector sumA = FloatVector.zero(Memory.SPECIES);
      FloatVector sumB = sumA;
      FloatVector sumC = sumA;
      FloatVector sumD = sumA;
      for (int j = 0; j < dimension; j += Memory.LANES) {
        FloatVector q = FloatVector.fromArray(Memory.SPECIES, query, j);
        sumA = q.fma(Memory.load(rowA, j), sumA);
        sumB = q.fma(Memory.load(rowB, j), sumB);
        sumC = q.fma(Memory.load(rowC, j), sumC);
        sumD = q.fma(Memory.load(rowD, j), sumD);
      }
      distances[i] = -sumA.reduceLanes(VectorOperators.ADD);
      distances[b] = -sumB.reduceLanes(VectorOperators.ADD);
      distances[c] = -sumC.reduceLanes(VectorOperators.ADD);
      distances[d] = -sumD.reduceLanes(VectorOperators.ADD);
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
    FloatVector sum = FloatVector.zero(Memory.SPECIES);
    int bound = Memory.SPECIES.loopBound(dimension);
    for (int i = 0; i < bound; i += Memory.LANES) {
      sum = FloatVector.fromArray(Memory.SPECIES, query, i).fma(Memory.load(row, i), sum);
    }
    float distance = -sum.reduceLanes(VectorOperators.ADD);
    return bound < dimension ? distance - tail(query, bound, dimension, row) : distance;
  }

  static float tail(float[] query, int from, int dimension, long row) {
    FloatVector sum = FloatVector.zero(Memory.TAIL_SPECIES);
    int i = from;
    for (; i + Memory.TAIL_LANES <= dimension; i += Memory.TAIL_LANES) {
      sum = FloatVector.fromArray(Memory.TAIL_SPECIES, query, i).fma(Memory.loadTail(row, i), sum);
    }
    float product = sum.reduceLanes(VectorOperators.ADD);
    for (; i < dimension; i++) {
      product = Math.fma(query[i], Memory.get(row, i), product);
    }
    return product;
  }
}
