package io.kindred.bench;

import java.io.DataInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/// Real vectors, with queries that belong to them. Immutable.
///
/// @param rows one array each
record DataSet(String name, float[][] rows, float[][] queries) {

  /// Books and readers, as `DIR/items.fvecs` and `DIR/users.fvecs`.
  static DataSet books(Path directory, int queries) {
    return new DataSet(
        "amazon-book",
        fvecs(directory.resolve("items.fvecs"), Integer.MAX_VALUE),
        fvecs(directory.resolve("users.fvecs"), queries));
  }

  /// Images of digits, 784 components.
  static DataSet digits(Path directory, int queries) {
    return new DataSet(
        "mnist",
        images(directory.resolve("train-images-idx3-ubyte.gz"), Integer.MAX_VALUE),
        images(directory.resolve("t10k-images-idx3-ubyte.gz"), queries));
  }

  int dimension() {
    return rows[0].length;
  }

  /// Each vector: its dimension as an int32, then that many float32, little-endian.
  private static float[][] fvecs(Path file, int countMax) {
    try {
      ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
      int dimension = bytes.getInt(0);
      int count = Math.min(countMax, bytes.remaining() / (Integer.BYTES + dimension * Float.BYTES));
      float[][] vectors = new float[count][dimension];
      for (float[] vector : vectors) {
        bytes.getInt();
        for (int i = 0; i < dimension; i++) {
          vector[i] = bytes.getFloat();
        }
      }
      return vectors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// An idx file of bytes: magic, count, rows, columns as big-endian int32, then the bytes.
  private static float[][] images(Path file, int countMax) {
    try (InputStream raw = Files.newInputStream(file);
        DataInputStream in = new DataInputStream(new GZIPInputStream(raw, 1 << 16))) {
      in.readInt();
      int count = Math.min(countMax, in.readInt());
      int dimension = in.readInt() * in.readInt();
      float[][] vectors = new float[count][dimension];
      byte[] image = new byte[dimension];
      for (float[] vector : vectors) {
        in.readFully(image);
        for (int i = 0; i < dimension; i++) {
          vector[i] = image[i] & 0xFF;
        }
      }
      return vectors;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
