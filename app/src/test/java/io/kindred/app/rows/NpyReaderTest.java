package io.kindred.app.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NpyReaderTest {
  private static final String FLOATS =
      "{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }           \n";

  @TempDir private Path directory;

  private List<RowItem> read(byte[] bytes) throws IOException {
    Path path = Files.write(directory.resolve("a.npy"), bytes);
    return RowFixture.readAll(path, FileFormat.NPY);
  }

  private static byte[] floats(float... values) {
    ByteBuffer buffer =
        ByteBuffer.allocate(values.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    for (float value : values) {
      buffer.putFloat(value);
    }
    return buffer.array();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  void everyHeaderVersionIsRead(int version) throws IOException {
    List<RowItem> rows = read(RowFixture.npy(version, FLOATS, floats(1, 2, 3, 4, 5, 6)));

    assertThat(rows).hasSize(2);
    assertThat(RowFixture.vector(rows.get(1), "embedding")).containsExactly(4, 5, 6);
  }

  @Test
  void doublesBecomeFloats() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(48).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      data.putDouble(i + 0.5);
    }
    List<RowItem> rows = read(RowFixture.npy(1, FLOATS.replace("f4", "f8"), data.array()));

    assertThat(RowFixture.vector(rows.get(1), "embedding")).containsExactly(3.5f, 4.5f, 5.5f);
  }

  @Test
  void halvesBecomeFloats() throws IOException {
    ByteBuffer data = ByteBuffer.allocate(12).order(ByteOrder.LITTLE_ENDIAN);
    for (int i = 0; i < 6; i++) {
      data.putShort(Float.floatToFloat16(i + 0.5f));
    }
    List<RowItem> rows = read(RowFixture.npy(1, FLOATS.replace("f4", "f2"), data.array()));

    assertThat(RowFixture.vector(rows.get(1), "embedding")).containsExactly(3.5f, 4.5f, 5.5f);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '~',
      value = {
        "<f4 ~ >f4 ~ descr: >f4 (expected: <f2, <f4 or <f8",
        "<f4 ~ <i8 ~ descr: <i8 (expected: <f2, <f4 or <f8",
        "False ~ True ~ fortran_order: True (expected: False",
        "(2, 3) ~ (6,) ~ shape: (6,) (expected: rows, dimension)",
        "(2, 3) ~ (1, 2, 3) ~ shape: (1, 2, 3) (expected: rows, dimension)",
        "(2, 3) ~ (2, 0) ~ shape: (2, 0) (expected: rows, then a dimension of 1 to 8192)",
        "(2, 3) ~ (2, 8193) ~ shape: (2, 8193) (expected: rows, then a dimension of 1 to 8192)",
        "(2, 3) ~ (99999999999999999999, 3) ~ shape: (99999999999999999999, 3) (expected: two",
        "'descr' ~ 'other' ~ npy header without a readable 'descr'",
      })
  void anArrayOfAnotherShapeIsRefused(String part, String replacement, String message) {
    byte[] bytes = RowFixture.npy(1, FLOATS.replace(part, replacement), new byte[24]);

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aTruncatedFileSaysAtWhichRow() {
    byte[] bytes = RowFixture.npy(1, FLOATS, new byte[23]);

    assertThatThrownBy(() -> read(bytes))
        .isInstanceOf(DamagedFileException.class)
        .hasMessage("row 1: the file ends here (expected: 2 rows)");
  }

  @Test
  void aFileThatIsNotNpyIsRefused() {
    assertThatThrownBy(
            () -> read("id,city\na,berlin\n".getBytes(java.nio.charset.StandardCharsets.UTF_8)))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("npy files start");
    assertThatThrownBy(() -> read(new byte[3])).hasMessageContaining("3 bytes (expected: npy)");
    assertThatThrownBy(() -> read(RowFixture.npy(9, FLOATS, new byte[24])))
        .hasMessage("npy version: 9 (expected: 1, 2 or 3)");
  }

  @Test
  void aHeaderThatClaimsMuchIsRefusedUnread() {
    byte[] bytes = RowFixture.npy(2, FLOATS, new byte[24]);
    bytes[8 + 3] = 0x7f;

    assertThatThrownBy(() -> read(bytes)).hasMessageContaining("(expected: at most 65536)");
  }
}
