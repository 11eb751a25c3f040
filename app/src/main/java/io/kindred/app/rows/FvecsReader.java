package io.kindred.app.rows;

import io.kindred.app.rows.DraftRow.Typing;
import io.kindred.engine.Limits;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Reads fvecs: each vector is its dimension as int32, then that many float32, little-endian. Owned
/// by one thread.
///
/// A row whose dimension is not the first row's is passed on as it is: whether it fits is the
/// table's business.
final class FvecsReader implements RowReader {
  private final BinarySource source;
  private final String field;
  private long row;

  private FvecsReader(BinarySource source, String field) {
    this.source = source;
    this.field = field;
  }

  static FvecsReader open(Path path, String field) throws IOException {
    return new FvecsReader(BinarySource.open(path), field);
  }

  @Override
  public @Nullable RowItem next() throws IOException {
    int headerBytes = source.require(Integer.BYTES);
    if (headerBytes == 0) {
      return null;
    }
    ByteBuffer buffer = source.buffer();
    if (headerBytes < Integer.BYTES) {
      buffer.position(buffer.limit());
      return truncated(headerBytes, Integer.BYTES);
    }
    int dimension = buffer.getInt();
    if (dimension < 1 || dimension > Limits.DIMENSION_MAX) {
      throw new DamagedFileException(
          "row "
              + row
              + ": dimension: "
              + dimension
              + " (expected: 1 to "
              + Limits.DIMENSION_MAX
              + "; is this an fvecs file?)");
    }
    int bytes = dimension * Float.BYTES;
    int present = source.require(bytes);
    if (present < bytes) {
      buffer.position(buffer.limit());
      return truncated(Integer.BYTES + present, Integer.BYTES + bytes);
    }
    float[] vector = new float[dimension];
    buffer.asFloatBuffer().get(vector);
    buffer.position(buffer.position() + bytes);
    return DraftRow.ofVector(row++, field, vector);
  }

  private RowItem truncated(int present, int expected) {
    return new RowItem.Malformed(
        row++, "truncated row: " + present + " bytes (expected: " + expected + ")");
  }

  @Override
  public Typing typing() {
    return Typing.TYPED;
  }

  @Override
  public String placeName() {
    return "row";
  }

  @Override
  public long progress() {
    return source.position();
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(source.sizeBytes());
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
