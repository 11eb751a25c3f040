package io.kindred.engine.shard;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.Golden;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;

/// The bytes of a manifest.
class ManifestFormatTest {
  private static final Path DIRECTORY = Path.of("/shard");

  private static final ShardManifest MANIFEST =
      new ShardManifest(
          0x0123_4567_89ab_cdefL,
          42,
          1_767_225_600_000L,
          new BaseManifest(
              3,
              100,
              List.of(
                  new BaseManifest.Part("rows", -1, 4_000),
                  new BaseManifest.Part("vectors-0", 77, 51_200))),
          new ShardManifest.Checkpointed(4, 0x1122_3344_5566_7788L, 512));

  private final FaultyDisk disk = new FaultyDisk();

  ManifestFormatTest() {
    disk.createDirectories(DIRECTORY);
  }

  @Test
  void aManifestIsWrittenAndReadByteForByte() throws Exception {
    MANIFEST.write(disk, DIRECTORY);
    byte[] golden = Golden.bytes(ManifestFormatTest.class, "manifest-v1.hex");
    byte[] written = SealedFile.read(disk, ShardManifest.file(DIRECTORY), ShardManifest.FORMAT);
    assertThat(HexFormat.of().formatHex(written)).isEqualTo(HexFormat.of().formatHex(golden));

    SealedFile.replace(
        disk, ShardManifest.file(DIRECTORY), ShardManifest.FORMAT, ByteBuffer.wrap(golden));
    assertThat(ShardManifest.read(disk, DIRECTORY)).isEqualTo(MANIFEST);
    assertThat(MANIFEST.files(DIRECTORY))
        .extracting(file -> file.getFileName().toString())
        .containsExactlyInAnyOrder(
            "MANIFEST", "checkpoint-00000004", "base-00000003.rows", "base-00000003.vectors-0");
  }

  @Test
  void aShardWithoutABaseHasAShorterOne() {
    ShardManifest manifest =
        new ShardManifest(1, 2, 3, null, new ShardManifest.Checkpointed(4, 5, 6));
    manifest.write(disk, DIRECTORY);
    assertThat(SealedFile.read(disk, ShardManifest.file(DIRECTORY), ShardManifest.FORMAT))
        .hasSize(52);
    assertThat(ShardManifest.read(disk, DIRECTORY)).isEqualTo(manifest);
  }
}
