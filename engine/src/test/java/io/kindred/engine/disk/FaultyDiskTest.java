package io.kindred.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.KindredException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// What the fake promises, so that the tests that rest on it test something.
final class FaultyDiskTest {
  private static final Path FILE = Path.of("/data/file");

  private final FaultyDisk disk = new FaultyDisk();

  FaultyDiskTest() {
    disk.createDirectories(Path.of("/data"));
  }

  private static ByteBuffer bytes(int... values) {
    ByteBuffer buffer = ByteBuffer.allocate(values.length);
    for (int value : values) {
      buffer.put((byte) value);
    }
    return buffer.flip();
  }

  @Test
  void unsyncedBytesAreLostWithThePower() {
    try (Disk.AppendFile file = disk.append(FILE, 0)) {
      file.append(bytes(1, 2));
      file.sync();
      file.append(bytes(3));
    }
    assertThat(disk.read(FILE)).containsExactly(1, 2, 3);

    disk.losePower();
    assertThat(disk.read(FILE)).containsExactly(1, 2);
  }

  @Test
  void aTornFileKeepsWhatWasSynced() {
    for (int seed = 0; seed < 200; seed++) {
      try (Disk.AppendFile file = disk.append(FILE, 0)) {
        file.append(bytes(1, 2));
        file.sync();
        file.append(bytes(3, 4, 5));
        file.append(bytes(6));
      }
      disk.losePower(new Random(seed));

      assertThat(disk.read(FILE)).as("seed %d", seed).startsWith(1, 2).hasSizeBetween(2, 6);
    }
  }

  @Test
  void aDirectoryIsRenamedWithWhatIsInIt() {
    Path from = Path.of("/data/from");
    Path to = Path.of("/data/to");
    disk.createDirectories(from.resolve("inner"));
    try (Disk.AppendFile file = disk.append(from.resolve("inner/file"), 0)) {
      file.append(bytes(1));
      file.sync();
    }
    disk.failNext(FaultyDisk.Operation.SYNC_DIRECTORY, 1);
    assertThatThrownBy(() -> disk.rename(from, to)).isInstanceOf(KindredException.class);
    assertThat(disk.read(to.resolve("inner/file"))).containsExactly(1);
    assertThat(disk.exists(from)).isFalse();

    disk.losePower();
    assertThat(disk.exists(to)).isFalse();
    assertThat(disk.read(from.resolve("inner/file"))).containsExactly(1);

    disk.rename(from, to);
    disk.losePower();
    assertThat(disk.exists(from.resolve("inner"))).isFalse();
    assertThat(disk.read(to.resolve("inner/file"))).containsExactly(1);
  }

  @Test
  void aDeletionThatWasNotSyncedCanComeBack() {
    disk.append(FILE, 0).close();
    disk.delete(FILE);
    assertThat(disk.exists(FILE)).isFalse();

    disk.losePower();
    assertThat(disk.exists(FILE)).isTrue();
  }

  @Test
  void bytesWhoseSyncFailedAreNotWrittenByTheNextSync() {
    try (Disk.AppendFile file = disk.append(FILE, 0)) {
      file.append(bytes(1, 2));
      disk.failNext(FaultyDisk.Operation.SYNC, 1);
      assertThatThrownBy(file::sync).isInstanceOf(KindredException.class);
      file.append(bytes(3));
      file.sync();
    }
    assertThat(disk.read(FILE)).containsExactly(1, 2, 3);

    disk.losePower();
    assertThat(disk.read(FILE)).containsExactly(0, 0, 3);
  }

  @Test
  void aFullDiskTakesWhatFits() {
    disk.setFreeBytes(2);
    try (Disk.AppendFile file = disk.append(FILE, 0)) {
      assertThatThrownBy(() -> file.append(bytes(1, 2, 3))).hasMessageContaining("No space left");
      assertThat(disk.read(FILE)).containsExactly(1, 2);
    }
  }

  @Test
  void nothingWorksWhileThePowerIsOff() {
    disk.setPowerOffAfter(2);
    disk.append(FILE, 0).close();
    assertThatThrownBy(() -> disk.delete(FILE)).hasMessageContaining("the power is off");
    assertThatThrownBy(() -> disk.read(FILE)).hasMessageContaining("the power is off");

    disk.losePower();
    assertThat(disk.read(FILE)).isEmpty();
  }

  @Test
  void filesLeftOpenAreFound() {
    Disk.AppendFile file = disk.append(FILE, 0);
    assertThatThrownBy(disk::assertAllClosed).isInstanceOf(AssertionError.class);
    assertThatThrownBy(() -> disk.append(FILE, 0)).isInstanceOf(AssertionError.class);

    file.close();
    disk.assertAllClosed();
  }
}
