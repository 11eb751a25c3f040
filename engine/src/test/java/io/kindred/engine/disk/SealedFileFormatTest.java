package io.kindred.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The bytes of the frame, which every later release has to read.
final class SealedFileFormatTest {
  private static final SealedFile.Format FORMAT = new SealedFile.Format("base-keys", 3);
  private static final long FILE_ID = 0x0123_4567_89ab_cdefL;
  private static final Path FILE = Path.of("/keys");

  private final FaultyDisk disk = new FaultyDisk();

  private static byte[] golden() throws IOException {
    try (InputStream resource =
        SealedFileFormatTest.class.getResourceAsStream("sealed-file-v1.hex")) {
      String text =
          new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }

  @Test
  void theFrameIsWrittenByteForByte() throws Exception {
    try (SealedFile.Writer writer = SealedFile.Writer.create(disk, FILE, FORMAT, FILE_ID)) {
      writer.write(ByteBuffer.wrap("payload of 21 letters".getBytes(StandardCharsets.US_ASCII)));
      writer.seal();
    }

    assertThat(disk.read(FILE))
        .asHexString()
        .isEqualTo(HexFormat.of().withUpperCase().formatHex(golden()));
    disk.assertAllClosed();
  }

  @Test
  void theFrameIsRead() throws Exception {
    disk.replace(FILE, ByteBuffer.wrap(golden()));

    assertThat(SealedFile.read(disk, FILE, FORMAT))
        .asString(StandardCharsets.US_ASCII)
        .isEqualTo("payload of 21 letters");
    try (Arena arena = Arena.ofConfined()) {
      SealedFile file = SealedFile.open(disk, FILE, FORMAT, arena);
      file.verify();
      assertThat(file.fileId()).isEqualTo(FILE_ID);
      assertThat(file.payloadBytes()).isEqualTo(21);
    }
  }
}
