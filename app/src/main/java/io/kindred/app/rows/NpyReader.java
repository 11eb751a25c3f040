package io.kindred.app.rows;

import io.kindred.app.rows.DraftRow.Typing;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;

/// Reads npy: a two-dimensional array of float16, float32 or float64, a row each. Owned by one
/// thread.
final class NpyReader implements RowReader {
  private final BinarySource source;
  private final NpyHeader header;
  private final String field;
  private long row;

  private NpyReader(BinarySource source, NpyHeader header, String field) {
    this.source = source;
    this.header = header;
    this.field = field;
  }

  static NpyReader open(Path path, String field) throws IOException {
    BinarySource source = BinarySource.open(path);
    try {
      return new NpyReader(source, NpyHeader.read(source), field);
    } catch (IOException e) {
      source.close();
      throw e;
    }
  }

  @Override
  public @Nullable RowItem next() throws IOException {
    if (row == header.rows()) {
      return null;
    }
    int bytes = header.rowBytes();
    int present = source.require(bytes);
    if (present < bytes) {
      throw new DamagedFileException(
          "row " + row + ": the file ends here (expected: " + header.rows() + " rows)");
    }
    float[] vector = new float[header.dimension()];
    ByteBuffer buffer = source.buffer();
    switch (header.scalar()) {
      case FLOAT16 -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = Float.float16ToFloat(buffer.getShort(buffer.position() + i * Short.BYTES));
        }
      }
      case FLOAT32 -> buffer.asFloatBuffer().get(vector);
      case FLOAT64 -> {
        for (int i = 0; i < vector.length; i++) {
          vector[i] = (float) buffer.getDouble(buffer.position() + i * Double.BYTES);
        }
      }
    }
    buffer.position(buffer.position() + bytes);
    return DraftRow.ofVector(row++, field, vector);
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
    return row;
  }

  @Override
  public OptionalLong length() {
    return OptionalLong.of(header.rows());
  }

  @Override
  public void close() throws IOException {
    source.close();
  }
}
