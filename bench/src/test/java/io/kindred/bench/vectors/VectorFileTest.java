package io.kindred.bench.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.bench.report.BadInputException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VectorFileTest {
  @TempDir Path directory;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = directory.resolve("some.fvecs");
  }

  @Test
  void whatIsWrittenIsRead() {
    try (VectorFileWriter writer = new VectorFileWriter(file, 3)) {
      writer.write(new float[] {1, 2, 3}, 0);
      writer.write(new float[] {9, 4, 5, 6}, 1);
      writer.finish();
    }
    try (VectorFile read = VectorFile.open(file)) {
      assertThat(read.count()).isEqualTo(2);
      assertThat(read.dimension()).isEqualTo(3);
      assertThat(read.vector(1)).containsExactly(4, 5, 6);
      assertThat(read.head(1)).hasDimensions(1, 3);
      assertThat(read.head(9)).hasDimensions(2, 3);
    }
  }

  @Test
  void aFileThatWasNotFinishedDoesNotAppear() throws IOException {
    try (VectorFileWriter writer = new VectorFileWriter(file, 1)) {
      writer.write(new float[] {1}, 0);
    }
    try (var files = Files.list(directory)) {
      assertThat(files).isEmpty();
    }
  }

  @Test
  void anAbsentFileIsNamed() {
    assertRefused("some.fvecs: no such file (expected: an fvecs file)");
  }

  @Test
  void anEmptyFileIsRefused() throws IOException {
    Files.write(file, new byte[0]);
    assertRefused("dimension of vector 0: 0 (expected: 1 to 8192; is this an fvecs file?)");
  }

  @Test
  void textIsRefused() throws IOException {
    Files.writeString(file, "id,vector\n1,[1.0]\n");
    assertRefused("is this an fvecs file?)");
  }

  @Test
  void mixedDimensionsAreRefused() throws IOException {
    write(2, 0, 0, 3, 0, 0);
    assertRefused("dimension of vector 1: 3 (expected: 2, as of vector 0)");
  }

  @Test
  void aFileThatIsCutShortIsRefused() throws IOException {
    write(2, 0, 0, 2, 0);
    assertRefused("bytes of vector 1: 8 (expected: 12; the file is cut short)");
  }

  private void write(int... words) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(words.length * Integer.BYTES);
    bytes.order(ByteOrder.LITTLE_ENDIAN).asIntBuffer().put(words);
    Files.write(file, bytes.array());
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> VectorFile.open(file))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }
}
