package io.kindred.engine.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.Golden;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/// The bytes of the catalog file, and of the records that change the catalog.
final class CatalogFormatTest {
  private static final Path DIRECTORY = Path.of("/store");

  private final FaultyDisk disk = new FaultyDisk();

  CatalogFormatTest() {
    disk.createDirectories(DIRECTORY);
  }

  private static TableSpec spec() {
    Map<String, VectorSpec> vectors = new LinkedHashMap<>();
    vectors.put("a", new VectorSpec(2, Metric.L2, new IndexSpec.Flat()));
    vectors.put("b", new VectorSpec(300, Metric.DOT, new IndexSpec.Hnsw(8, 100, Quantization.SQ4)));
    vectors.put("c", new VectorSpec(4, Metric.COSINE, new IndexSpec.IvfFlat(9)));
    vectors.put("d", new VectorSpec(4, Metric.L2, new IndexSpec.IvfPq(0, 2)));
    vectors.put(
        "e",
        new VectorSpec(4, Metric.L2, new IndexSpec.IvfHnswPq(7, 4, new IndexSpec.Hnsw(4, 16))));
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("city", FieldType.STRING);
    fields.put("stock", FieldType.INT64);
    fields.put("tags", FieldType.STRING_LIST);
    return new TableSpec(
        "items",
        KeyType.STRING,
        vectors,
        fields,
        "city",
        Duration.ofDays(30),
        Durability.BUFFERED,
        3);
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().formatHex(bytes);
  }

  @Test
  void aCatalogIsWrittenAndReadByteForByte() throws Exception {
    TableSpec plain = TableSpec.of("plain", KeyType.UINT64, Map.of(), Map.of("n", FieldType.BOOL));
    CatalogFile catalog =
        new CatalogFile(
            0x0123_4567_89ab_cdefL,
            17,
            42,
            List.of(
                new TableEntry(5, spec(), 5, 1_767_225_600_000L, 1),
                new TableEntry(42, plain, 42, 1_767_225_600_001L, 1)));
    catalog.write(disk, DIRECTORY);
    byte[] golden = Golden.bytes(CatalogFormatTest.class, "catalog-v1.hex");
    assertThat(hex(SealedFile.read(disk, CatalogFile.file(DIRECTORY), CatalogFile.FORMAT)))
        .isEqualTo(hex(golden));

    SealedFile.replace(
        disk, CatalogFile.file(DIRECTORY), CatalogFile.FORMAT, ByteBuffer.wrap(golden));
    assertThat(CatalogFile.read(disk, DIRECTORY)).isEqualTo(catalog);
  }

  private static TableSpec ofFiles() {
    return TableSpec.of("old", KeyType.UINT64, Map.of(), Map.of()).withMemoryBytes(1L << 30);
  }

  /// What a later release has added is left out where a table has none of it.
  @Test
  void aTableThatWasMadeOfFilesAndHasABudgetIsWrittenAndReadByteForByte() throws Exception {
    CatalogFile catalog =
        new CatalogFile(
            0x0123_4567_89ab_cdefL,
            17,
            42,
            List.of(
                new TableEntry(42, ofFiles(), 42, 1_767_225_600_001L, 1, 0x0123_4567_89ab_cdefL)));
    catalog.write(disk, DIRECTORY);
    byte[] golden = Golden.bytes(CatalogFormatTest.class, "catalog-v1-files.hex");
    assertThat(hex(SealedFile.read(disk, CatalogFile.file(DIRECTORY), CatalogFile.FORMAT)))
        .isEqualTo(hex(golden));
    assertThat(CatalogFile.read(disk, DIRECTORY)).isEqualTo(catalog);
  }

  @Test
  void recordsAreWrittenAndReadByteForByte() throws Exception {
    requireGolden(new CatalogChange.CreateTable(spec()), "create-table-v1.hex");
    requireGolden(new CatalogChange.DropTable("items", 5, 6), "drop-table-v1.hex");
    requireGolden(
        new CatalogChange.AdoptTable(ofFiles(), 0x0123_4567_89ab_cdefL), "adopt-table-v1.hex");
  }

  private static void requireGolden(CatalogChange change, String name) throws Exception {
    byte[] golden = Golden.bytes(CatalogFormatTest.class, name);
    ByteBuffer written = CatalogCodec.encode(change);
    byte[] bytes = new byte[written.remaining()];
    written.get(bytes);
    assertThat(hex(bytes)).isEqualTo(hex(golden));
    assertThat(CatalogCodec.decode(ByteBuffer.wrap(golden))).isEqualTo(change);
  }
}
