package io.kindred.app.rows;

import io.kindred.engine.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What stands at the front of an npy file (NumPy Enhancement Proposal 1). Immutable.
///
/// @param scalar how each component is stored
record NpyHeader(Scalar scalar, long rows, int dimension) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int HEADER_BYTES_MAX = 64 * 1024;
  private static final Pattern DESCR = Pattern.compile("'descr'\\s*:\\s*'([^']*)'");
  private static final Pattern ORDER = Pattern.compile("'fortran_order'\\s*:\\s*(True|False)");
  private static final Pattern SHAPE = Pattern.compile("'shape'\\s*:\\s*\\(([^)]*)\\)");

  private static final Pattern TWO_SIZES = Pattern.compile("(\\d+)\\s*,\\s*(\\d+)\\s*,?");

  /// A component's type.
  enum Scalar {
    FLOAT16(2),
    FLOAT32(4),
    FLOAT64(8);

    final int sizeBytes;

    Scalar(int sizeBytes) {
      this.sizeBytes = sizeBytes;
    }
  }

  int rowBytes() {
    return dimension * scalar.sizeBytes;
  }

  /// Reads the header and leaves the source at the first row.
  static NpyHeader read(BinarySource source) throws IOException {
    ByteBuffer buffer = source.buffer();
    byte[] magic = new byte[MAGIC.length];
    if (source.require(MAGIC.length + 2) < MAGIC.length + 2) {
      throw new DamagedFileException("file of " + source.sizeBytes() + " bytes (expected: npy)");
    }
    buffer.get(magic);
    if (!java.util.Arrays.equals(magic, MAGIC)) {
      throw new DamagedFileException("first bytes (expected: \\x93NUMPY, as npy files start)");
    }
    int version = buffer.get();
    buffer.get();
    int lengthBytes =
        switch (version) {
          case 1 -> Short.BYTES;
          case 2, 3 -> Integer.BYTES;
          default ->
              throw new DamagedFileException("npy version: " + version + " (expected: 1, 2 or 3)");
        };
    if (source.require(lengthBytes) < lengthBytes) {
      throw new DamagedFileException("truncated npy header");
    }
    int length = version == 1 ? Short.toUnsignedInt(buffer.getShort()) : buffer.getInt();
    if (length < 0 || length > HEADER_BYTES_MAX) {
      throw new DamagedFileException(
          "npy header: "
              + Integer.toUnsignedString(length)
              + " bytes (expected: at most "
              + HEADER_BYTES_MAX
              + ")");
    }
    if (source.require(length) < length) {
      throw new DamagedFileException("truncated npy header");
    }
    byte[] text = new byte[length];
    buffer.get(text);
    return parse(new String(text, StandardCharsets.UTF_8));
  }

  private static NpyHeader parse(String text) throws DamagedFileException {
    Scalar scalar = scalar(group(DESCR, text, "descr"));
    if (group(ORDER, text, "fortran_order").equals("True")) {
      throw new DamagedFileException(
          "fortran_order: True (expected: False; save numpy.ascontiguousarray(array))");
    }
    String shape = group(SHAPE, text, "shape").strip();
    Matcher sizes = TWO_SIZES.matcher(shape);
    if (!sizes.matches()) {
      throw new DamagedFileException("shape: (" + shape + ") (expected: rows, dimension)");
    }
    try {
      long rows = Long.parseLong(sizes.group(1));
      int dimension = Integer.parseInt(sizes.group(2));
      if (rows >= 0 && dimension >= 1 && dimension <= Limits.DIMENSION_MAX) {
        return new NpyHeader(scalar, rows, dimension);
      }
    } catch (NumberFormatException e) {
      throw new DamagedFileException("shape: (" + shape + ") (expected: two integers)", e);
    }
    throw new DamagedFileException(
        "shape: ("
            + shape
            + ") (expected: rows, then a dimension of 1 to "
            + Limits.DIMENSION_MAX
            + ")");
  }

  private static Scalar scalar(String descr) throws DamagedFileException {
    return switch (descr) {
      case "<f2" -> Scalar.FLOAT16;
      case "<f4" -> Scalar.FLOAT32;
      case "<f8" -> Scalar.FLOAT64;
      default ->
          throw new DamagedFileException(
              "descr: " + descr + " (expected: <f2, <f4 or <f8; save array.astype('<f4'))");
    };
  }

  private static String group(Pattern pattern, String text, String name)
      throws DamagedFileException {
    Matcher matcher = pattern.matcher(text);
    if (!matcher.find()) {
      throw new DamagedFileException("npy header without a readable '" + name + "'");
    }
    return matcher.group(1);
  }
}
