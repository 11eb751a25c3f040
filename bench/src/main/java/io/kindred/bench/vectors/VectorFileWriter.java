package io.kindred.bench.vectors;

import io.kindred.bench.report.BadInputException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Writes an fvecs file, which appears under its name once it is whole. Owned by one thread.
public final class VectorFileWriter implements AutoCloseable {
  private final Path path;
  private final Path unfinished;
  private final OutputStream out;
  private final ByteBuffer vector;
  private final int dimension;
  private boolean isWhole;

  /// Replaces a file of that name; makes the directories above it.
  public VectorFileWriter(Path path, int dimension) {
    this.path = path.toAbsolutePath();
    this.dimension = dimension;
    vector = ByteBuffer.allocate(Integer.BYTES + dimension * Float.BYTES);
    vector.order(ByteOrder.LITTLE_ENDIAN);
    try {
      Path directory = this.path.getParent();
      if (directory == null) {
        throw new BadInputException(path.toString(), "a directory", "a file");
      }
      Files.createDirectories(directory);
      long process = ProcessHandle.current().pid();
      unfinished = directory.resolve(path.getFileName() + "." + process + ".unfinished");
      out = new BufferedOutputStream(Files.newOutputStream(unfinished), 1 << 20);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Appends the vector that starts at an index of an array.
  public void write(float[] values, int from) {
    vector.clear().putInt(dimension);
    vector.asFloatBuffer().put(values, from, dimension);
    try {
      out.write(vector.array());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Says that every vector was written.
  public void finish() {
    isWhole = true;
  }

  @Override
  public void close() {
    try {
      out.close();
      if (isWhole) {
        Files.move(unfinished, path, StandardCopyOption.REPLACE_EXISTING);
      } else {
        Files.delete(unfinished);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
