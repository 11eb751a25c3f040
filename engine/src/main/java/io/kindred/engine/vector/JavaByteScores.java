package io.kindred.engine.vector;

import io.kindred.engine.vector.CodeRows.Comparison;
import jdk.incubator.vector.ByteVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.ShortVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/// Distances of rows of bytes, four at a time, with the Vector API. Stateless.
///
/// Vectors stay within a method: passed to one that is not inlined, they become objects.
final class JavaByteScores {
  private static final VectorSpecies<Byte> BYTES = ByteVector.SPECIES_PREFERRED;
  private static final VectorSpecies<Integer> INTS = IntVector.SPECIES_PREFERRED;
  private static final int STEP = BYTES.length();
  private static final int LINE = 64;

  /// A code less 128 in each of two bytes.
  private static final short ZEROS = (short) 0x8080;

  private JavaByteScores() {}

  /// Distances of the rows `ids[0 .. count)` of the walk.
  static void score(CodeRows rows, Walk walk, int count) {
    fetch(rows, walk, count);
    long query = walk.query().address();
    long stride = rows.strideBytes();
    long codes = rows.codes();
    long ids = walk.ids();
    long dots = walk.distances();
    int i = 0;
    for (; i + 4 <= count; i += 4) {
      long at = ids + 4L * i;
      long first = codes + Memory.getInt(at) * stride;
      long second = codes + Memory.getInt(at + 4) * stride;
      long third = codes + Memory.getInt(at + 8) * stride;
      long fourth = codes + Memory.getInt(at + 12) * stride;
      dots(first, second, query, stride, dots + 4L * i);
      dots(third, fourth, query, stride, dots + 4L * i + 8);
    }
    for (; i < count; i++) {
      long row = codes + Memory.getInt(ids + 4L * i) * stride;
      Memory.setInt(dots + 4L * i, dot(row, query, stride));
    }
    toDistances(rows, walk, count);
  }

  /// Java has no prefetch: a read of each line does not wait for the one before.
  private static void fetch(CodeRows rows, Walk walk, int count) {
    long stride = rows.strideBytes();
    for (int i = 0; i < count; i++) {
      long row = rows.address(walk.id(i));
      for (long line = 0; line < stride; line += LINE) {
        Memory.touch(row + line);
      }
    }
  }

  private static void toDistances(CodeRows rows, Walk walk, int count) {
    float scale = walk.scale();
    float constant = walk.constant();
    long distances = walk.distances();
    boolean isL2 = rows.comparison() == Comparison.L2;
    for (int i = 0; i < count; i++) {
      float factor = rows.factor(walk.id(i));
      float product = scale * Memory.getInt(distances + 4L * i);
      Memory.setFloat(distances, i, isL2 ? factor + constant - 2 * product : -factor * product);
    }
  }

  /// The products of two rows with the query. Those of two neighbouring components together fit
  /// into 16 bits, as codes and queries are from -127 to 127.
  private static void dots(long first, long second, long query, long bytes, long into) {
    IntVector sum = IntVector.zero(INTS);
    IntVector more = sum;
    for (long i = 0; i < bytes; i += STEP) {
      ShortVector q = Memory.loadBytes(BYTES, query + i).reinterpretAsShorts();
      ShortVector even = q.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
      ShortVector odd = q.lanewise(VectorOperators.ASHR, 8);
      sum = addProducts(sum, first + i, even, odd);
      more = addProducts(more, second + i, even, odd);
    }
    Memory.setInt(into, sum.reduceLanes(VectorOperators.ADD));
    Memory.setInt(into + 4, more.reduceLanes(VectorOperators.ADD));
  }

  private static int dot(long row, long query, long bytes) {
    IntVector sum = IntVector.zero(INTS);
    for (long i = 0; i < bytes; i += STEP) {
      ShortVector q = Memory.loadBytes(BYTES, query + i).reinterpretAsShorts();
      ShortVector even = q.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
      ShortVector odd = q.lanewise(VectorOperators.ASHR, 8);
      sum = addProducts(sum, row + i, even, odd);
    }
    return sum.reduceLanes(VectorOperators.ADD);
  }

  private static IntVector addProducts(IntVector sum, long row, ShortVector even, ShortVector odd) {
    ShortVector x =
        Memory.loadBytes(BYTES, row).reinterpretAsShorts().lanewise(VectorOperators.XOR, ZEROS);
    ShortVector low = x.lanewise(VectorOperators.LSHL, 8).lanewise(VectorOperators.ASHR, 8);
    ShortVector high = x.lanewise(VectorOperators.ASHR, 8);
    IntVector pairs = low.mul(even).add(high.mul(odd)).reinterpretAsInts();
    IntVector first = pairs.lanewise(VectorOperators.LSHL, 16).lanewise(VectorOperators.ASHR, 16);
    return sum.add(first).add(pairs.lanewise(VectorOperators.ASHR, 16));
  }
}
