package io.kindred.app.rows;

import io.kindred.engine.StoredRow;
import java.io.BufferedOutputStream;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/// Writes one vector field as fvecs, and the keys to a second file, a line each. Rows without that
/// vector are left out. Owned by one thread.
final class FvecsWriter implements RowWriter {
  private final OutputStream vectors;
  private final BufferedWriter ids;
  private final String field;

  FvecsWriter(Path path, Path idsPath, String field) throws IOException {
    this.vectors = new BufferedOutputStream(Files.newOutputStream(path), 1 << 16);
    this.ids = Files.newBufferedWriter(idsPath);
    this.field = field;
  }

  @Override
  public boolean write(StoredRow row) throws IOException {
    float[] vector = row.vectors().get(field);
    if (vector == null) {
      return false;
    }
    String id = row.key().toString();
    if (id.indexOf('\n') >= 0 || id.indexOf('\r') >= 0) {
      throw new IOException("id: a key with a line break (expected: none in fvecs; export jsonl)");
    }
    int bytes = Integer.BYTES + vector.length * Float.BYTES;
    ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
    buffer.putInt(vector.length);
    buffer.asFloatBuffer().put(vector);
    vectors.write(buffer.array());
    ids.write(id);
    ids.write('\n');
    return true;
  }

  @Override
  public void close() throws IOException {
    try (vectors;
        ids) {
      vectors.flush();
    }
  }
}
