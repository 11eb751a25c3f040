package io.kindred.bench.vectors;

import io.kindred.bench.report.BadInputException;
import io.kindred.engine.Limits;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/// An idx file of bytes, gzipped, such as MNIST's images. Big-endian: two zero bytes, the type (8:
/// unsigned bytes), the number of axes, the length of each axis as int32, then the values. The
/// first axis counts the vectors; the others are a vector's components.
public final class IdxFile {
  private static final int UNSIGNED_BYTES = 8;
  private static final int AXES_MAX = 8;

  private IdxFile() {}

  /// Writes every vector to an fvecs file.
  ///
  /// @return how many
  /// @throws BadInputException where the file is not gzipped, no idx file of bytes, or cut short
  public static int toVectors(Path source, Path target) {
    if (!Files.isRegularFile(source)) {
      throw new BadInputException(source.toString(), "no such file", "a gzipped idx file");
    }
    try (InputStream raw = Files.newInputStream(source);
        DataInputStream in = new DataInputStream(new GZIPInputStream(raw, 1 << 16))) {
      return convert(source, in, target);
    } catch (ZipException e) {
      throw new BadInputException(
          source + ": " + e.getMessage() + " (expected: a gzipped idx file)");
    } catch (EOFException e) {
      throw new BadInputException(source.toString(), "cut short", "every value of its header");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static int convert(Path source, DataInputStream in, Path target) throws IOException {
    int magic = in.readInt();
    int axes = magic & 0xFF;
    if (magic >>> 8 != UNSIGNED_BYTES || axes < 2 || axes > AXES_MAX) {
      throw new BadInputException(
          source + ": magic",
          String.format("0x%08x", magic),
          "0x000008 and 2 to " + AXES_MAX + " axes: an idx file of bytes");
    }
    int count = in.readInt();
    long dimension = 1;
    for (int axis = 1; axis < axes; axis++) {
      int length = Math.clamp(in.readInt(), 0, Limits.DIMENSION_MAX + 1);
      dimension = Math.min(dimension * length, Limits.DIMENSION_MAX + 1);
    }
    if (dimension < 1 || dimension > Limits.DIMENSION_MAX) {
      throw new BadInputException(
          source + ": components of a vector", dimension, "1 to " + Limits.DIMENSION_MAX);
    }
    if (count < 1) {
      throw new BadInputException(source + ": vectors", count, "at least 1");
    }
    write(in, target, count, (int) dimension);
    return count;
  }

  private static void write(DataInputStream in, Path target, int count, int dimension)
      throws IOException {
    byte[] bytes = new byte[dimension];
    float[] vector = new float[dimension];
    try (VectorFileWriter writer = new VectorFileWriter(target, dimension)) {
      for (int row = 0; row < count; row++) {
        in.readFully(bytes);
        for (int i = 0; i < dimension; i++) {
          vector[i] = bytes[i] & 0xFF;
        }
        writer.write(vector, 0);
      }
      writer.finish();
    }
  }
}
