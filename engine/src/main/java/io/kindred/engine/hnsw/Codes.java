package io.kindred.engine.hnsw;

import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.quantize.ScalarQuantizer;
import io.kindred.engine.vector.CodeRows;
import io.kindred.engine.vector.CodeRows.Comparison;
import io.kindred.engine.vector.CodeRows.Format;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.VectorRows;
import io.kindred.engine.vector.Walk;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// The codes of a base's rows, by ordinal, in memory behind huge pages. Rows without a vector have
/// unused places. Thread-safe as long as each row is encoded by one thread before it is read.
final class Codes {
  private final ScalarQuantizer quantizer;

  /// Of a graph over floats, the rows' floats themselves.
  private final MemorySegment data;

  private final MemorySegment factors;
  private final CodeRows rows;
  private final int rowCount;

  private Codes(
      ScalarQuantizer quantizer,
      MemorySegment data,
      MemorySegment factors,
      int rowCount,
      Arena arena) {
    this.quantizer = quantizer;
    this.data = data;
    this.factors = factors;
    this.rowCount = rowCount;
    rows =
        new CodeRows(
            quantizer.format(),
            quantizer.comparison(),
            data,
            factors,
            quantizer.strideBytes(),
            arena);
  }

  /// Room for the codes of rows, none encoded yet.
  ///
  /// @param floats of the rows, which codes of [Format#F32] are
  static Codes reserve(ScalarQuantizer quantizer, VectorRows floats, int rowCount, Arena arena) {
    boolean isFloat = quantizer.format() == Format.F32;
    MemorySegment data = isFloat ? floats.data() : huge(rowCount * quantizer.strideBytes(), arena);
    return new Codes(quantizer, data, huge((long) rowCount * Float.BYTES, arena), rowCount, arena);
  }

  private static MemorySegment huge(long bytes, Arena arena) {
    MemorySegment memory = NativeMemory.reserve(Math.max(CodeRows.ALIGNMENT, bytes), arena);
    NativeMemory.adviseHugePages(memory);
    return memory;
  }

  /// @param vector the row's, which is changed
  void encode(int ordinal, float[] vector) {
    float factor = quantizer.encode(vector, data, ordinal * quantizer.strideBytes());
    factors.setAtIndex(ValueLayout.JAVA_FLOAT, ordinal, factor);
  }

  ScalarQuantizer quantizer() {
    return quantizer;
  }

  CodeRows rows() {
    return rows;
  }

  int rowCount() {
    return rowCount;
  }

  /// Whether the codes are memory of their own.
  boolean isOwn() {
    return quantizer.format() != Format.F32;
  }

  MemorySegment data() {
    return data;
  }

  MemorySegment factors() {
    return factors;
  }

  float factor(int ordinal) {
    return factors.getAtIndex(ValueLayout.JAVA_FLOAT, ordinal);
  }

  /// Copies of some rows, one behind the other.
  CodeRows copy(int[] ordinals, Arena arena) {
    long stride = quantizer.strideBytes();
    int count = Math.max(1, ordinals.length);
    MemorySegment copies = NativeMemory.reserve(count * stride, arena);
    MemorySegment copiedFactors = NativeMemory.reserve((long) count * Float.BYTES, arena);
    for (int i = 0; i < ordinals.length; i++) {
      MemorySegment.copy(data, ordinals[i] * stride, copies, i * stride, stride);
      copiedFactors.setAtIndex(ValueLayout.JAVA_FLOAT, i, factor(ordinals[i]));
    }
    return new CodeRows(
        quantizer.format(), quantizer.comparison(), copies, copiedFactors, stride, arena);
  }

  /// The same codes, compared by the angle between them.
  ///
  /// @param walk scratch
  CodeRows byAngle(GraphKernel kernel, Walk walk, Arena arena) {
    MemorySegment inverseLengths =
        NativeMemory.reserve(Math.max(1L, rowCount) * Float.BYTES, arena);
    walk.reserve(rows, rowCount, 1);
    for (int ordinal = 0; ordinal < rowCount; ordinal++) {
      float factor = factor(ordinal);
      if (factor > 0) {
        kernel.load(rows, ordinal, walk);
        walk.setId(0, ordinal);
        kernel.score(rows, walk, 1);
        // The negated square of the length, in units that the factor carries.
        double length = Math.sqrt(Math.max(0, -walk.distance(0)));
        float inverse = length > 0 ? (float) (factor / length) : 0;
        inverseLengths.setAtIndex(ValueLayout.JAVA_FLOAT, ordinal, inverse);
      }
    }
    return new CodeRows(
        quantizer.format(), Comparison.DOT, data, inverseLengths, quantizer.strideBytes(), arena);
  }
}
