package io.kindred.engine.index;

import io.kindred.engine.vector.VectorRows;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Assumptions;

/// Vectors for tests: made from a seed, or real ones that lie beside the repository.
public record Vectors(VectorRows rows, int count) {

  /// Points around a few centres, with components of different weight.
  public static Vectors clustered(int count, int dimension, long seed, Arena arena) {
    Random random = new Random(seed);
    float[][] centres = new float[20][dimension];
    for (float[] centre : centres) {
      for (int i = 0; i < dimension; i++) {
        centre[i] = (float) random.nextGaussian();
      }
    }
    VectorRows rows = allocate(count, dimension, arena);
    for (int row = 0; row < count; row++) {
      float[] centre = centres[random.nextInt(centres.length)];
      float spread = 0.5f + random.nextFloat();
      for (int i = 0; i < dimension; i++) {
        set(rows, row, i, centre[i] + spread * (float) random.nextGaussian());
      }
    }
    return new Vectors(rows, count);
  }

  /// The first vectors of an fvecs file; the test is skipped where it is absent.
  public static Vectors fvecs(String name, int countMax, Arena arena) throws IOException {
    ByteBuffer bytes =
        ByteBuffer.wrap(Files.readAllBytes(shared(name))).order(ByteOrder.LITTLE_ENDIAN);
    int dimension = bytes.getInt(0);
    int count = Math.min(countMax, bytes.capacity() / (4 + 4 * dimension));
    VectorRows rows = allocate(count, dimension, arena);
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < dimension; i++) {
        set(rows, row, i, bytes.getFloat(row * (4 + 4 * dimension) + 4 + 4 * i));
      }
    }
    return new Vectors(rows, count);
  }

  /// The first images of an idx file; the test is skipped where it is absent.
  public static Vectors images(String name, int countMax, Arena arena) throws IOException {
    try (InputStream in = new GZIPInputStream(Files.newInputStream(shared(name)))) {
      byte[] header = in.readNBytes(16);
      int dimension = 28 * 28;
      int count = Math.min(countMax, ByteBuffer.wrap(header).getInt(4));
      VectorRows rows = allocate(count, dimension, arena);
      for (int row = 0; row < count; row++) {
        byte[] image = in.readNBytes(dimension);
        for (int i = 0; i < dimension; i++) {
          set(rows, row, i, image[i] & 0xff);
        }
      }
      return new Vectors(rows, count);
    }
  }

  public float[] get(int row) {
    float[] vector = new float[rows.dimension()];
    rows.copyTo(row, vector);
    return vector;
  }

  public static VectorRows allocate(int count, int dimension, Arena arena) {
    long stride = VectorRows.strideBytes(dimension);
    return new VectorRows(arena.allocate(count * stride, 64), stride, dimension);
  }

  public static void set(VectorRows rows, int row, int component, float value) {
    rows.data().set(ValueLayout.JAVA_FLOAT, row * rows.strideBytes() + component * 4L, value);
  }

  public static void copy(VectorRows from, int fromRow, VectorRows to, int toRow) {
    MemorySegment.copy(
        from.data(),
        fromRow * from.strideBytes(),
        to.data(),
        toRow * to.strideBytes(),
        from.dimension() * 4L);
  }

  private static Path shared(String name) {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path file = at.resolve("shared").resolve("data").resolve(name);
      if (Files.exists(file)) {
        return file;
      }
    }
    return Assumptions.abort("data set absent: ../shared/data/" + name);
  }
}
