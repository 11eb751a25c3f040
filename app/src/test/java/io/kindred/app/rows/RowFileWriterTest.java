package io.kindred.app.rows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

final class RowFileWriterTest {
  private static final TableSpec TABLE = table(KeyType.STRING);

  @TempDir private Path directory;

  private static TableSpec table(KeyType key) {
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("city", FieldType.STRING);
    fields.put("stock", FieldType.INT64);
    fields.put("price", FieldType.FLOAT64);
    fields.put("new", FieldType.BOOL);
    fields.put("since", FieldType.TIMESTAMP);
    fields.put("tags", FieldType.STRING_LIST);
    return TableSpec.of(
        "items", key, Map.of("v", new VectorSpec(2, Metric.DOT, new IndexSpec.Flat())), fields);
  }

  private static StoredRow full(Key key) {
    Map<String, Value> fields = new LinkedHashMap<>();
    fields.put("city", Value.of("são \"paulo\", br"));
    fields.put("stock", Value.of(Long.MIN_VALUE));
    fields.put("price", Value.of(0.1));
    fields.put("new", Value.of(true));
    fields.put("since", new Value.Timestamp(1_767_225_600_000_001L));
    fields.put("tags", new Value.Array(List.of(Value.of("x"), Value.of("y"))));
    return new StoredRow(
        key,
        7,
        Map.of("v", new float[] {0.1f, -3e-20f}),
        fields,
        Map.of("deep", new Value.Entries(Map.of("n", Value.of(1)))),
        Instant.parse("2026-01-01T00:00:00.000001Z"),
        null);
  }

  private static StoredRow bare(Key key) {
    return new StoredRow(key, 8, Map.of(), Map.of(), Map.of(), null, null);
  }

  private Path write(FileFormat format, TableSpec table, StoredRow... rows) throws IOException {
    Path path = directory.resolve("out." + format);
    try (RowFileWriter writer = RowFileWriter.open(path, format, table, null)) {
      for (StoredRow row : rows) {
        writer.write(row);
      }
      writer.finish();
    }
    return path;
  }

  /// Found by fuzzing: the library says so with an IOException, which ended the import without a
  /// word about the file.
  @Test
  void aParquetFileWithoutAReadableFooterIsADamagedFile() throws IOException {
    Path path = write(FileFormat.PARQUET, TABLE, full(Key.of("a")));
    byte[] bytes = Files.readAllBytes(path);
    bytes[bytes.length - 12] ^= 0x7f;
    int footer =
        java.nio.ByteBuffer.wrap(bytes)
            .order(java.nio.ByteOrder.LITTLE_ENDIAN)
            .getInt(bytes.length - 8);
    bytes[bytes.length - 8 - footer] ^= 0x7f;
    Files.write(path, bytes);

    assertThatThrownBy(() -> RowFixture.readAll(path, FileFormat.PARQUET))
        .isInstanceOf(DamagedFileException.class)
        .hasMessageContaining("Parquet");
  }

  @ParameterizedTest
  @EnumSource(names = {"JSONL", "CSV", "PARQUET"})
  void whatIsWrittenIsReadAgain(FileFormat format) throws IOException {
    Path path = write(format, TABLE, full(Key.of("a")), bare(Key.of("b")));
    List<RowItem> rows = RowFixture.readAll(path, format);

    assertThat(rows).hasSize(2);
    DraftRow first = RowFixture.draft(rows.getFirst());
    assertThat(first.id()).isEqualTo("a");
    assertThat(first.vectors().get("v")).containsExactly(0.1f, -3e-20f);
    assertThat(first.metadata()).isEqualTo(full(Key.of("a")).metadata());
    assertThat(first.eventTime()).isEqualTo(Instant.parse("2026-01-01T00:00:00.000001Z"));
    assertThat(first.fields()).containsOnlyKeys(TABLE.fields().keySet());
    assertThat(first.fields().get("city")).isEqualTo(Value.of("são \"paulo\", br"));
    DraftRow second = RowFixture.draft(rows.get(1));
    assertThat(second.id()).isEqualTo("b");
    assertThat(second.vectors()).isEmpty();
    assertThat(second.fields()).isEmpty();
    assertThat(second.metadata()).isEmpty();
  }

  @Test
  void parquetKeepsTypesAndUnsignedKeys() throws IOException {
    Path path = write(FileFormat.PARQUET, table(KeyType.UINT64), full(Key.of(-1L)));
    RowFile file = new RowFile(path, FileFormat.PARQUET, "embedding", java.util.Set.of());
    try (RowReader reader = file.open()) {
      assertThat(reader.declaredFields()).containsExactlyEntriesOf(TABLE.fields());
      DraftRow row = RowFixture.draft(java.util.Objects.requireNonNull(reader.next()));
      assertThat(row.id()).isEqualTo("18446744073709551615");
      assertThat(row.fields()).isEqualTo(full(Key.of(-1L)).fields());
      assertThat(reader.next()).isNull();
      assertThat(reader.length()).hasValue(1);
    }
  }

  @Test
  void fvecsHasItsKeysInAFileOfTheirOwnAndLeavesOutRowsWithoutTheVector() throws IOException {
    Path path = directory.resolve("items.fvecs");
    try (RowFileWriter writer = RowFileWriter.open(path, FileFormat.FVECS, TABLE, null)) {
      assertThat(writer.write(full(Key.of("a")))).isTrue();
      assertThat(writer.write(bare(Key.of("b")))).isFalse();
      assertThat(writer.write(full(Key.of("c")))).isTrue();
      writer.finish();
    }

    assertThat(RowFixture.readAll(path, FileFormat.FVECS)).hasSize(2);
    assertThat(directory.resolve("items.ids")).hasContent("a\nc\n");
  }

  @Test
  void aFileThatIsNotFinishedLeavesNothing() throws IOException {
    Path path = Files.writeString(directory.resolve("out.jsonl"), "before");
    try (RowFileWriter writer = RowFileWriter.open(path, FileFormat.JSONL, TABLE, null)) {
      writer.write(full(Key.of("a")));
    }

    assertThat(path).hasContent("before");
    assertThat(directory).isDirectoryNotContaining("glob:**.part");
  }

  @Test
  void whatAFormatCannotHoldIsRefused() {
    TableSpec clash = TableSpec.of("t", KeyType.STRING, Map.of(), Map.of("id", FieldType.STRING));
    Path csv = directory.resolve("a.csv");
    assertThatThrownBy(() -> RowFileWriter.open(csv, FileFormat.CSV, clash, null))
        .hasMessageStartingWith("field: id (expected: another name in csv");
    Path fvecs = directory.resolve("a.fvecs");
    assertThatThrownBy(() -> RowFileWriter.open(fvecs, FileFormat.FVECS, clash, null))
        .hasMessage("vector: none (expected: one of the vector fields of table t: it has none)");
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void aDamagedParquetFileIsNamed() throws IOException {
    Path path = write(FileFormat.PARQUET, TABLE, full(Key.of("a")), bare(Key.of("b")));
    byte[] whole = Files.readAllBytes(path);
    for (int length : new int[] {0, 3, 4, 20, whole.length / 2, whole.length - 1}) {
      Files.write(path, java.util.Arrays.copyOf(whole, length));
      assertThatThrownBy(() -> RowFixture.readAll(path, FileFormat.PARQUET))
          .as("cut to " + length)
          .isInstanceOf(DamagedFileException.class)
          .hasMessageContaining("Parquet");
    }
  }
}
