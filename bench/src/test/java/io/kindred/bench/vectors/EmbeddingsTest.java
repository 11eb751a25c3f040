package io.kindred.bench.vectors;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.bench.report.BadInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class EmbeddingsTest {
  @TempDir Path directory;

  @Test
  void aSeedMakesTheSameRowsAgainAndAnotherOneOthers() throws IOException {
    byte[] first = Files.readAllBytes(made(5_000, 1));
    assertThat(Files.readAllBytes(made(5_000, 1))).isEqualTo(first);
    assertThat(Files.readAllBytes(made(5_000, 2))).isNotEqualTo(first);
  }

  /// A larger sample of the same seed begins with the smaller one's whole blocks.
  @Test
  void rowsDoNotDependOnHowManyAreMade() {
    try (VectorFile few = VectorFile.open(made(4_096, 3))) {
      float[] last = few.vector(4_095);
      try (VectorFile many = VectorFile.open(made(9_000, 3))) {
        assertThat(many.count()).isEqualTo(9_000);
        assertThat(many.vector(4_095)).isEqualTo(last);
        assertThat(many.vector(8_999)).isNotEqualTo(last);
      }
    }
  }

  @Test
  void noRowIsMadeTwice() {
    int rows = 300_000;
    try (VectorFile file = VectorFile.open(made(rows, 1))) {
      Set<List<Float>> seen = new HashSet<>();
      for (int row = 0; row < rows; row++) {
        float[] vector = file.vector(row);
        seen.add(List.of(vector[0], vector[1]));
      }
      assertThat(seen)
          .hasSizeGreaterThan(rows - rows / 1_000); // Two of the components may be equal.
    }
  }

  @Test
  void componentsHaveAboutUnitSpread() {
    try (VectorFile file = VectorFile.open(made(2_000, 1))) {
      double squares = 0;
      for (int row = 0; row < file.count(); row++) {
        for (float value : file.vector(row)) {
          squares += (double) value * value;
        }
      }
      assertThat(squares / file.count() / file.dimension()).isBetween(0.2, 1.5);
    }
  }

  @Test
  void sizesOutOfRangeAreRefused() {
    assertThatThrownBy(() -> new Embeddings(0, 24))
        .isInstanceOf(BadInputException.class)
        .hasMessage("dimension: 0 (expected: 1 to 8192)");
    assertThatThrownBy(() -> new Embeddings(8, 257))
        .isInstanceOf(BadInputException.class)
        .hasMessage("intrinsic: 257 (expected: 1 to 256)");
    assertThatThrownBy(() -> new Embeddings(8, 4).write(directory.resolve("x"), 0, 1))
        .isInstanceOf(BadInputException.class)
        .hasMessage("rows: 0 (expected: at least 1)");
  }

  @Test
  void aSetIsReadFromItsText() {
    assertThat(SyntheticSet.parse("200000x128")).isEqualTo(new SyntheticSet(200_000, 128, 24, 1));
    assertThat(SyntheticSet.parse("10x8:4")).isEqualTo(new SyntheticSet(10, 8, 4, 1));
    assertThat(SyntheticSet.parse("10x8:4:77")).isEqualTo(new SyntheticSet(10, 8, 4, 77));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "10", "x8", "10x", "-1x8", "10x8:", "10x8:4:", "10x8:4:1:1", "1e5x8"})
  void aSetThatIsNoneIsRefused(String text) {
    assertThatThrownBy(() -> SyntheticSet.parse(text))
        .isInstanceOf(BadInputException.class)
        .hasMessageStartingWith("--synthetic: " + text + " (expected: ROWSxDIMENSION");
  }

  private Path made(int rows, long seed) {
    Path file = directory.resolve(rows + "-" + seed + ".fvecs");
    new Embeddings(16, 4).write(file, rows, seed);
    return file;
  }
}
