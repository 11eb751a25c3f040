package io.kindred.engine.log;

import static io.kindred.engine.log.LogFixture.append;
import static io.kindred.engine.log.LogFixture.await;
import static io.kindred.engine.log.LogFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/// The bytes of version 1, which every later release has to read.
final class LogFormatTest {
  private static final long LOG_ID = 0x0123_4567_89ab_cdefL;
  private static final LogSegment SEGMENT = LogSegment.of(LogFixture.DIRECTORY, 41);

  private final LogFixture fixture = new LogFixture();

  private static byte[] golden() throws IOException {
    try (InputStream resource = LogFormatTest.class.getResourceAsStream("log-v1.hex")) {
      String text =
          new String(Objects.requireNonNull(resource).readAllBytes(), StandardCharsets.US_ASCII);
      return HexFormat.of().parseHex(text.replaceAll("\\s", ""));
    }
  }

  private void placeSegment(ByteBuffer content) {
    fixture.disk.createDirectories(LogFixture.DIRECTORY);
    fixture.disk.replace(SEGMENT.path(), content);
  }

  @Test
  void aSegmentIsNamedByItsFirstPosition() {
    assertThat(SEGMENT.path()).isEqualTo(Path.of("/data/log/00000000000000000041.log"));
    assertThat(LogSegment.named(SEGMENT.path())).contains(SEGMENT);
    assertThat(LogSegment.named(Path.of("/data/log/41.log"))).isEmpty();
  }

  @Test
  void versionOneIsWrittenByteForByte() throws Exception {
    placeSegment(LogSegment.encode(new LogSegment.Header(LOG_ID, 41, 900)));
    try (LocalLog log = fixture.start()) {
      put(log, "first");
      fixture.nowMillis.set(1_500);
      await(append(log, "buffered", Durability.BUFFERED));
      put(log, "");
    }

    assertThat(fixture.disk.read(SEGMENT.path())).asHexString().isEqualTo(hex(golden()));
  }

  @Test
  void versionOneIsRead() throws Exception {
    placeSegment(ByteBuffer.wrap(golden()));

    try (LocalLog log = fixture.start()) {
      assertThat(log.id()).isEqualTo(LOG_ID);
      assertThat(log.oldestPosition()).isEqualTo(41);
    }
    assertThat(fixture.collector.applied())
        .isEqualTo(
            List.of(
                new Collector.Applied(41, 1_000, "first"),
                new Collector.Applied(42, 1_500, "buffered"),
                new Collector.Applied(43, 1_500, "")));
  }

  private static String hex(byte[] bytes) {
    return HexFormat.of().withUpperCase().formatHex(bytes);
  }
}
