package io.kindred.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.backup.BackupManifest.BackupFile;
import io.kindred.engine.backup.BackupManifest.BackupShard;
import io.kindred.engine.backup.BackupManifest.BackupTable;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.disk.Seal;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The bytes of a backup's manifest, which every later release has to read.
class BackupFormatTest {
  private static final BackupManifest MANIFEST =
      new BackupManifest(
          "20260131t235959z-0123abcd",
          Instant.parse("2026-01-31T23:59:59Z"),
          0x0123_4567_89ab_cdefL,
          41,
          List.of(
              new BackupTable(
                  new TableEntry(
                      3,
                      TableSpec.of(
                          "items",
                          KeyType.STRING,
                          Map.of("place", new VectorSpec(4, Metric.L2, new IndexSpec.Flat())),
                          Map.of("city", FieldType.STRING)),
                      3,
                      1_769_903_999_000L,
                      1),
                  List.of(
                      new BackupShard(
                          40,
                          1_769_903_999_000L,
                          7,
                          5,
                          List.of(
                              new BackupFile("rows", new Seal("base-rows", 1, -2, 640, -3)),
                              new BackupFile("vectors-0", new Seal("base-vectors", 1, 9, 80, 77)),
                              new BackupFile(
                                  "checkpoint", new Seal("checkpoint", 1, 11, 1024, 5))))))));

  private static byte[] golden() throws IOException {
    try (InputStream resource = BackupFormatTest.class.getResourceAsStream("backup-v1.hex")) {
      String text =
          new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }

  @Test
  void aManifestIsWrittenByteForByte() throws Exception {
    ByteBuffer encoded = MANIFEST.encode(0x0011_2233_4455_6677L);
    byte[] bytes = new byte[encoded.remaining()];
    encoded.get(bytes);

    assertThat(HexFormat.of().formatHex(bytes)).isEqualTo(HexFormat.of().formatHex(golden()));
  }

  @Test
  void aManifestIsRead() throws Exception {
    assertThat(BackupManifest.decode("golden", golden())).isEqualTo(MANIFEST);
  }

  @Test
  void aFileIsNamedByItsContent() {
    assertThat(MANIFEST.objectNames())
        .containsExactlyInAnyOrder(
            "files/fffffffffffffffe-280-fffffffd",
            "files/0000000000000009-50-0000004d",
            "files/000000000000000b-400-00000005");
  }
}
