package io.kindred.bench.vectors;

import io.kindred.bench.report.BadInputException;
import io.kindred.engine.Limits;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;

/// A mapped fvecs file: each vector is its dimension as int32, then that many float32,
/// little-endian. Thread-safe until it is closed.
public final class VectorFile implements AutoCloseable {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  private static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final Path path;
  private final Arena arena;
  private final MemorySegment data;
  private final int dimension;
  private final int count;

  private VectorFile(Path path, Arena arena, MemorySegment data) {
    this.path = path;
    this.arena = arena;
    this.data = data;
    dimension = data.byteSize() < Integer.BYTES ? 0 : data.get(INT, 0);
    if (dimension < 1 || dimension > Limits.DIMENSION_MAX) {
      throw new BadInputException(
          path + ": dimension of vector 0",
          dimension,
          "1 to " + Limits.DIMENSION_MAX + "; is this an fvecs file?");
    }
    long vectors = data.byteSize() / strideBytes();
    if (vectors > Integer.MAX_VALUE) {
      throw new BadInputException(path + ": vectors", vectors, "at most " + Integer.MAX_VALUE);
    }
    count = (int) vectors;
    for (int row = 0; row < count; row++) {
      int found = data.get(INT, row * strideBytes());
      if (found != dimension) {
        throw new BadInputException(
            path + ": dimension of vector " + row, found, dimension + ", as of vector 0");
      }
    }
    long rest = data.byteSize() - count * strideBytes();
    if (rest != 0) {
      throw new BadInputException(
          path + ": bytes of vector " + count, rest, strideBytes() + "; the file is cut short");
    }
  }

  /// Maps a file and checks that it is whole.
  ///
  /// @throws BadInputException naming the first vector that is wrong
  public static VectorFile open(Path path) {
    if (!Files.isRegularFile(path)) {
      throw new BadInputException(path.toString(), "no such file", "an fvecs file");
    }
    Arena arena = Arena.ofShared();
    try (FileChannel channel = FileChannel.open(path)) {
      return new VectorFile(
          path, arena, channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
    } catch (IOException e) {
      arena.close();
      throw new UncheckedIOException(e);
    } catch (RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  private long strideBytes() {
    return Integer.BYTES + (long) dimension * Float.BYTES;
  }

  public Path path() {
    return path;
  }

  public int count() {
    return count;
  }

  public int dimension() {
    return dimension;
  }

  /// A new array with the vector of a row.
  public float[] vector(int row) {
    float[] vector = new float[dimension];
    read(row, vector);
    return vector;
  }

  /// Copies the vector of a row to the front of an array.
  public void read(int row, float[] into) {
    MemorySegment.copy(data, FLOAT, row * strideBytes() + Integer.BYTES, into, 0, dimension);
  }

  /// The first vectors, at most so many.
  public float[][] head(int countMax) {
    float[][] vectors = new float[Math.min(count, countMax)][];
    for (int row = 0; row < vectors.length; row++) {
      vectors[row] = vector(row);
    }
    return vectors;
  }

  @Override
  public void close() {
    arena.close();
  }
}
