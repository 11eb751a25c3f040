package io.kindred.engine.vector;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/// Vectors in the form that a graph is walked on, by row number. The memory is the caller's and
/// must outlive it; the description of it for native code is the arena's. Immutable view.
public final class CodeRows {
  /// How a component is stored.
  public enum Format {
    /// A byte, 128 for zero.
    U8(0),
    /// Half a byte, 8 for zero: in blocks of 64 bytes, whose low halves are components 0 to 63 and
    /// whose high halves are components 64 to 127.
    U4(1),
    /// The float itself.
    F32(2);

    /// For native code.
    final int code;

    Format(int code) {
      this.code = code;
    }
  }

  /// How a row is compared with a query; lower is nearer.
  public enum Comparison {
    /// The squared distance: `factor + constant - 2 * scale * dot`, with |row|² for the factor.
    L2(0),
    /// The negated inner product: `-factor * scale * dot`.
    DOT(1);

    /// For native code.
    final int code;

    Comparison(int code) {
      this.code = code;
    }
  }

  /// The smallest unit of memory, a cache line: rows begin at multiples of it.
  public static final int ALIGNMENT = 64;

  static final int BYTES = 32;

  private final Format format;
  private final Comparison comparison;
  private final long codes;
  private final long factors;
  private final long strideBytes;
  private final MemorySegment description;

  /// @param codes row `i` begins at byte `i * strideBytes`; unused components are zero's code
  /// @param factors float32, one a row
  /// @param strideBytes a multiple of 64, but for float rows
  public CodeRows(
      Format format,
      Comparison comparison,
      MemorySegment codes,
      MemorySegment factors,
      long strideBytes,
      Arena arena) {
    if (format != Format.F32 && strideBytes % ALIGNMENT != 0) {
      throw new IllegalArgumentException("stride: " + strideBytes + " (expected: whole lines)");
    }
    this.format = format;
    this.comparison = comparison;
    this.codes = codes.address();
    this.factors = factors.address();
    this.strideBytes = strideBytes;
    description = arena.allocate(BYTES, Long.BYTES);
    describe(description, 0);
  }

  /// Bytes of a row of as many components.
  public static long strideBytes(Format format, int dimension) {
    return switch (format) {
      case U8 -> align(dimension);
      case U4 -> align((dimension + 1L) / 2);
      case F32 -> VectorRows.strideBytes(dimension);
    };
  }

  private static long align(long bytes) {
    return (bytes + ALIGNMENT - 1) & -ALIGNMENT;
  }

  public Format format() {
    return format;
  }

  public Comparison comparison() {
    return comparison;
  }

  public long strideBytes() {
    return strideBytes;
  }

  /// Bytes of a query.
  long queryBytes() {
    return format == Format.U4 ? 2 * strideBytes : strideBytes;
  }

  long codes() {
    return codes;
  }

  float factor(int row) {
    return Memory.get(factors, row);
  }

  /// Where row `row` begins.
  long address(int row) {
    return codes + row * strideBytes;
  }

  /// For native code: `struct rows`.
  long description() {
    return description.address();
  }

  void describe(MemorySegment into, long at) {
    into.set(ValueLayout.JAVA_LONG, at, codes);
    into.set(ValueLayout.JAVA_LONG, at + 8, factors);
    into.set(ValueLayout.JAVA_LONG, at + 16, strideBytes);
    into.set(ValueLayout.JAVA_INT, at + 24, format.code);
    into.set(ValueLayout.JAVA_INT, at + 28, comparison.code);
  }
}
