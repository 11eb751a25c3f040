package io.kindred.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PacedFileTest {
  private static final Path FILE = Path.of("/data/file");
  private static final int BLOCKS = 9;

  private final FaultyDisk disk = new FaultyDisk();
  private final byte[] block = new byte[1 << 20];

  PacedFileTest() {
    disk.createDirectories(Path.of("/data"));
    new Random(1).nextBytes(block);
  }

  private void write(PacedFile file) {
    for (int i = 0; i < BLOCKS; i++) {
      file.append(ByteBuffer.wrap(block));
    }
    file.sync();
  }

  @Test
  void whatWasWrittenInPiecesSurvivesALossOfPower() {
    try (PacedFile file = new PacedFile(disk.append(FILE, 0))) {
      write(file);
    }
    disk.losePower();
    byte[] found = disk.read(FILE);
    assertThat(found).hasSize(BLOCKS * block.length).endsWith(block).startsWith(block);
    disk.assertAllClosed();
  }

  /// Its bytes are gone, and no later sync brings them back.
  @Test
  void aPieceThatTheDiskRefusesIsNotForgotten() {
    disk.failNext(FaultyDisk.Operation.SYNC, 1);
    assertThatThrownBy(
            () -> {
              try (PacedFile file = new PacedFile(disk.append(FILE, 0))) {
                write(file);
              }
            })
        .isInstanceOfSatisfying(
            KindredException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE));
    disk.assertAllClosed();
  }

  @Test
  void aFileThatIsGivenUpIsClosedOnceItsPieceIsDone() {
    disk.failNext(FaultyDisk.Operation.SYNC, 1);
    try (PacedFile file = new PacedFile(disk.append(FILE, 0))) {
      file.append(ByteBuffer.wrap(block));
      file.append(ByteBuffer.wrap(block));
    }
    disk.assertAllClosed();
  }
}
