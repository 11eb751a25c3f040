package io.kindred.app.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FvecsReaderTest {
  @TempDir private Path directory;

  private List<RowItem> read(byte[] bytes) throws IOException {
    Path path = Files.write(directory.resolve("a.fvecs"), bytes);
    return RowFixture.readAll(path, FileFormat.FVECS);
  }

  @Test
  void rowsAreNumberedFromZero() throws IOException {
    List<RowItem> rows = read(RowFixture.fvecs(new float[] {1, 2}, new float[] {3, 4}));

    assertThat(rows).hasSize(2);
    assertThat(rows.get(1).place()).isEqualTo(1);
    assertThat(RowFixture.draft(rows.get(1)).id()).isNull();
    assertThat(RowFixture.vector(rows.get(1), "embedding")).containsExactly(3, 4);
  }

  @Test
  void aRowOfAnotherDimensionCostsNoOther() throws IOException {
    List<RowItem> rows =
        read(RowFixture.fvecs(new float[] {1, 2}, new float[9], new float[] {3, 4}));

    assertThat(RowFixture.vector(rows.get(1), "embedding")).hasSize(9);
    assertThat(RowFixture.vector(rows.get(2), "embedding")).containsExactly(3, 4);
  }

  @Test
  void notANumberIsPassedOnForTheTableToRefuse() throws IOException {
    assertThat(
            RowFixture.vector(
                read(RowFixture.fvecs(new float[] {Float.NaN})).getFirst(), "embedding"))
        .containsExactly(Float.NaN);
  }

  @Test
  void theRowThatTheFileEndsInIsMalformed() throws IOException {
    byte[] whole = RowFixture.fvecs(new float[] {1, 2}, new float[] {3, 4});
    for (int cut = 1; cut < 12; cut++) {
      List<RowItem> rows = read(Arrays.copyOf(whole, whole.length - cut));

      assertThat(rows).hasSize(2);
      assertThat(RowFixture.malformed(rows.get(1)).reason())
          .isEqualTo(
              "truncated row: " + (12 - cut) + " bytes (expected: " + (cut > 8 ? 4 : 12) + ")");
    }
  }

  @Test
  void anImpossibleDimensionEndsTheReading() throws IOException {
    byte[] bytes = RowFixture.fvecs(new float[] {1, 2}, new float[] {3, 4});
    bytes[12 + 3] = (byte) 0x80;

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageStartingWith("row 1: dimension: -2147483646 (expected: 1 to 8192");
  }

  @Test
  void anEmptyFileHasNoRows() throws IOException {
    assertThat(read(new byte[0])).isEmpty();
  }

  @Test
  void aFileLargerThanTheBufferIsReadWhole() throws IOException {
    float[][] vectors = new float[3_000][128];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i][127] = i;
    }
    List<RowItem> rows = read(RowFixture.fvecs(vectors));

    assertThat(rows).hasSize(3_000);
    for (int i = 0; i < vectors.length; i++) {
      assertThat(RowFixture.vector(rows.get(i), "embedding")[127]).isEqualTo(i);
    }
  }
}
