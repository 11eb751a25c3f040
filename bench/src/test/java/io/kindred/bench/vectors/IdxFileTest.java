package io.kindred.bench.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.bench.report.BadInputException;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class IdxFileTest {
  @TempDir Path directory;
  private Path source;
  private Path target;

  @BeforeEach
  void nameTheFiles() {
    source = directory.resolve("images.gz");
    target = directory.resolve("images.fvecs");
  }

  @Test
  void imagesBecomeVectorsOfTheirBytes() throws IOException {
    write(new int[] {0x803, 2, 1, 2}, 0, 255, 128, 7);
    assertThat(IdxFile.toVectors(source, target)).isEqualTo(2);
    try (VectorFile vectors = VectorFile.open(target)) {
      assertThat(vectors.count()).isEqualTo(2);
      assertThat(vectors.vector(0)).containsExactly(0, 255);
      assertThat(vectors.vector(1)).containsExactly(128, 7);
    }
  }

  @Test
  void anAbsentFileIsNamed() {
    assertRefused("images.gz: no such file (expected: a gzipped idx file)");
  }

  @Test
  void aFileThatIsNotGzippedIsRefused() throws IOException {
    Files.write(source, new byte[64]);
    assertRefused("(expected: a gzipped idx file)");
  }

  @Test
  void labelsAreRefused() throws IOException {
    write(new int[] {0x801, 2}, 1, 2);
    assertRefused("magic: 0x00000801 (expected: 0x000008 and 2 to 8 axes: an idx file of bytes)");
  }

  @Test
  void valuesOfAnotherTypeAreRefused() throws IOException {
    write(new int[] {0xD03, 1, 1, 1}, 1, 2, 3, 4);
    assertRefused("magic: 0x00000d03");
  }

  @Test
  void imagesLargerThanAVectorAreRefused() throws IOException {
    write(new int[] {0x803, 1, 1 << 30, 1 << 30});
    assertRefused("components of a vector: 8193 (expected: 1 to 8192)");
  }

  @Test
  void aFileWithoutImagesIsRefused() throws IOException {
    write(new int[] {0x803, 0, 2, 2});
    assertRefused("vectors: 0 (expected: at least 1)");
  }

  @Test
  void aFileThatIsCutShortLeavesNothingBehind() throws IOException {
    write(new int[] {0x803, 3, 1, 2}, 1, 2, 3);
    assertRefused("images.gz: cut short (expected: every value of its header)");
    try (var files = Files.list(directory)) {
      assertThat(files).containsExactly(source);
    }
  }

  private void write(int[] header, int... values) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
      for (int word : header) {
        out.writeInt(word);
      }
      for (int value : values) {
        out.writeByte(value);
      }
    }
    Files.write(source, bytes.toByteArray());
  }

  private void assertRefused(String message) {
    assertThatThrownBy(() -> IdxFile.toVectors(source, target))
        .isInstanceOf(BadInputException.class)
        .hasMessageContaining(message);
  }
}
