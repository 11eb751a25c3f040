package io.kindred.engine.disk;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SealedFileTest {
  private static final SealedFile.Format FORMAT = new SealedFile.Format("base-keys", 2);

  private final Disk disk = new FileDisk();
  @TempDir Path directory;

  private Path file() {
    return directory.resolve("keys");
  }

  private long writeText(String text) {
    try (SealedFile.Writer writer = SealedFile.create(disk, file(), FORMAT)) {
      writer.write(ByteBuffer.wrap(text.getBytes(UTF_8)));
      return writer.seal();
    }
  }

  @Test
  void whatWasSealedIsRead() {
    long fileId = writeText("seventeen letters");

    try (Arena arena = Arena.ofConfined()) {
      SealedFile sealed = SealedFile.open(disk, file(), FORMAT, arena);
      sealed.verify();
      assertThat(sealed.fileId()).isEqualTo(fileId);
      assertThat(sealed.payloadBytes()).isEqualTo(17);
      assertThat(sealed.payload().address() % 64).isZero();
      assertThat(sealed.payload().isReadOnly()).isTrue();
    }
    assertThat(SealedFile.read(disk, file(), FORMAT))
        .asString(UTF_8)
        .isEqualTo("seventeen letters");
  }

  @Test
  void aLargePayloadOfManyWritesIsReadBackUnchanged() {
    Random random = new Random(7);
    byte[] chunk = new byte[300_001];
    random.nextBytes(chunk);
    try (SealedFile.Writer writer = SealedFile.create(disk, file(), FORMAT)) {
      for (int i = 0; i < 20; i++) {
        writer.write(MemorySegment.ofArray(chunk));
        writer.alignTo(64);
        assertThat(writer.position() % 64).isZero();
      }
      writer.write(MemorySegment.ofArray(new float[] {1f, 2f}));
      writer.seal();
    }

    try (Arena arena = Arena.ofConfined()) {
      SealedFile sealed = SealedFile.open(disk, file(), FORMAT, arena);
      sealed.verify();
      long stride = (300_001 + 63) & -64;
      for (int i = 0; i < 20; i++) {
        assertThat(
                sealed
                    .payload()
                    .asSlice(i * stride, chunk.length)
                    .mismatch(MemorySegment.ofArray(chunk)))
            .isEqualTo(-1);
      }
      assertThat(sealed.payload().get(ValueLayout.JAVA_FLOAT, 20 * stride + 4)).isEqualTo(2f);
    }
  }

  @Test
  void anEmptyPayloadIsAFile() {
    writeText("");

    assertThat(SealedFile.read(disk, file(), FORMAT)).isEmpty();
  }

  @Test
  void aSmallFileIsReplacedAsOneStep() {
    long first = SealedFile.replace(disk, file(), FORMAT, ByteBuffer.wrap("old".getBytes(UTF_8)));
    long second =
        SealedFile.replace(disk, file(), FORMAT, ByteBuffer.wrap("newer".getBytes(UTF_8)));

    assertThat(second).isNotEqualTo(first);
    assertThat(SealedFile.read(disk, file(), FORMAT)).asString(UTF_8).isEqualTo("newer");
    assertThat(disk.list(directory)).containsExactly(file());
  }

  @Test
  void aFileThatWasNotSealedIsDeleted() {
    try (SealedFile.Writer writer = SealedFile.create(disk, file(), FORMAT)) {
      writer.write(ByteBuffer.wrap(new byte[100]));
    }

    assertThat(disk.list(directory)).isEmpty();
  }

  @Test
  void aReaderKeepsTheFileThatIsWrittenAnew() {
    writeText("old");
    try (Arena arena = Arena.ofConfined()) {
      SealedFile old = SealedFile.open(disk, file(), FORMAT, arena);
      writeText("a new and longer one");

      old.verify();
      assertThat(old.payload().toArray(ValueLayout.JAVA_BYTE)).asString(UTF_8).isEqualTo("old");
    }
  }

  @Test
  void everyFlippedByteIsFound() throws IOException {
    writeText("seventeen letters");
    byte[] bytes = Files.readAllBytes(file());
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] ^= 0x10;
      Files.write(file(), bytes);
      bytes[at] ^= 0x10;
      assertCorrupt(() -> SealedFile.read(disk, file(), FORMAT), "damaged");
    }
  }

  @Test
  void everyShorterOrLongerFileIsRefused() throws IOException {
    writeText("seventeen letters");
    byte[] bytes = Files.readAllBytes(file());
    for (int length = 0; length < bytes.length; length++) {
      Files.write(file(), java.util.Arrays.copyOf(bytes, length));
      assertCorrupt(() -> SealedFile.read(disk, file(), FORMAT), "damaged");
    }
    Files.write(file(), java.util.Arrays.copyOf(bytes, bytes.length + 8));
    assertCorrupt(() -> SealedFile.read(disk, file(), FORMAT), "damaged");
  }

  @Test
  void damageOfThePayloadIsFoundByVerify() throws IOException {
    writeText("seventeen letters");
    byte[] bytes = Files.readAllBytes(file());
    bytes[70] ^= 1;
    Files.write(file(), bytes);

    try (Arena arena = Arena.ofConfined()) {
      SealedFile sealed = SealedFile.open(disk, file(), FORMAT, arena);
      assertCorrupt(sealed::verify, "payload checksum");
    }
  }

  @Test
  void anotherFormatIsRefused() {
    writeText("x");

    assertCorrupt(
        () -> SealedFile.read(disk, file(), new SealedFile.Format("graph", 2)),
        "format: base-keys (expected: graph)");
  }

  @Test
  void tooOldAndTooNewAreDifferentErrors() {
    writeText("x");

    assertCorrupt(
        () -> SealedFile.read(disk, file(), new SealedFile.Format("base-keys", 3)),
        "is too old: base-keys version 2 (expected: 3)");
    assertCorrupt(
        () -> SealedFile.read(disk, file(), new SealedFile.Format("base-keys", 1)),
        "is too new: base-keys version 2 (expected: 1)");
  }

  private void assertCorrupt(ThrowingCallable reading, String message) {
    assertThatThrownBy(reading)
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CORRUPT))
        .hasMessageContaining(file().toString())
        .hasMessageContaining(message);
  }
}
