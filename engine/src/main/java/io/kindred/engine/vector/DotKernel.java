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
    FloatVector sumA = FloatVector.zero(Memory.SPECIES);
    FloatVector sumB = sumA;
    FloatVector sumC = sumA;
    FloatVector sumD = sumA;
    int bound = Memory.SPECIES.loopBound(dimension);
    for (int i = 0; i < bound; i += Memory.LANES) {
      FloatVector q = FloatVector.fromArray(Memory.SPECIES, query, i);
      sumA = q.fma(Memory.load(a, i), sumA);
      sumB = q.fma(Memory.load(b, i), sumB);
      sumC = q.fma(Memory.load(c, i), sumC);
      sumD = q.fma(Memory.load(d, i), sumD);
    }
    out[at] = -sumA.reduceLanes(VectorOperators.ADD);
    out[at + 1] = -sumB.reduceLanes(VectorOperators.ADD);
    out[at + 2] = -sumC.reduceLanes(VectorOperators.ADD);
    out[at + 3] = -sumD.reduceLanes(VectorOperators.ADD);
    if (bound < dimension) {
      out[at] -= tail(query, bound, dimension, a);
      out[at + 1] -= tail(query, bound, dimension, b);
      out[at + 2] -= tail(query, bound, dimension, c);
      out[at + 3] -= tail(query, bound, dimension, d);
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

  private static float tail(float[] query, int from, int dimension, long row) {
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
