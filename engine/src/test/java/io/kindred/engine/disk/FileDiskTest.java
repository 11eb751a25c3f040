package io.kindred.engine.disk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class FileDiskTest {
  private final Disk disk = new FileDisk();
  @TempDir Path directory;

  @Test
  void appendCutsWhatLiesBehindTheGivenLength() throws IOException {
    Path file = directory.resolve("log");
    Files.write(file, new byte[] {1, 2, 3, 4});

    try (Disk.AppendFile log = disk.append(file, 2)) {
      log.append(ByteBuffer.wrap(new byte[] {7}), ByteBuffer.wrap(new byte[] {8, 9}));
      log.sync();
      assertThat(log.lengthBytes()).isEqualTo(5);
    }

    assertThat(disk.read(file)).containsExactly(1, 2, 7, 8, 9);
    assertThat(disk.sizeBytes(file)).isEqualTo(5);
  }

  @Test
  void appendRefusesAFileThatIsShorterThanTheGivenLength() {
    assertUnavailable(() -> disk.append(directory.resolve("log"), 2), "append to");
  }

  @Test
  void aFileIsReadInPieces() throws IOException {
    Path file = directory.resolve("log");
    Files.write(file, new byte[] {1, 2, 3, 4});

    try (Disk.ReadFile read = disk.open(file)) {
      ByteBuffer target = ByteBuffer.allocate(3);
      assertThat(read.read(2, target)).isEqualTo(2);
      assertThat(target.array()).containsExactly(3, 4, 0);
      assertThat(read.read(4, target)).isZero();
      assertThat(read.sizeBytes()).isEqualTo(4);
    }
  }

  @Test
  void replaceLeavesOnlyTheNewContent() {
    Path file = directory.resolve("manifest");
    disk.replace(file, ByteBuffer.wrap(new byte[] {1, 2, 3}));
    disk.replace(file, ByteBuffer.wrap(new byte[] {4}));

    assertThat(disk.read(file)).containsExactly(4);
    assertThat(disk.list(directory)).containsExactly(file);
  }

  @Test
  void directoriesAreCreatedWithTheirParentsAndListed() {
    Path deep = directory.resolve("a/b/c");
    disk.createDirectories(deep);
    disk.createDirectories(deep);

    assertThat(disk.list(directory.resolve("a"))).containsExactly(directory.resolve("a/b"));
    assertThat(disk.list(directory.resolve("absent"))).isEmpty();
    assertThat(disk.freeBytes(directory.resolve("absent/too"))).isPositive();
  }

  @Test
  void deletingWhatIsAbsentDoesNothing() {
    disk.delete(directory.resolve("absent"));

    assertThat(disk.exists(directory.resolve("absent"))).isFalse();
  }

  @Test
  void failuresNameTheFileAndTheOperation() {
    Path absent = directory.resolve("absent");
    assertUnavailable(() -> disk.read(absent), "cannot read " + absent);
    assertUnavailable(() -> disk.open(absent), "cannot open " + absent);
    assertUnavailable(() -> disk.sizeBytes(absent), "cannot read size of " + absent);
    assertUnavailable(() -> disk.map(absent, Arena.ofAuto()), "cannot map " + absent);
    assertUnavailable(() -> disk.rename(absent, directory.resolve("b")), "cannot rename " + absent);
    assertUnavailable(() -> disk.append(absent.resolve("a"), 0), "cannot open " + absent);
  }

  @Test
  void aLockedDirectoryIsRefusedToASecondStoreOfTheProcess() throws Exception {
    try (AutoCloseable _ = disk.lock(directory)) {
      assertUnavailable(() -> new FileDisk().lock(directory), "another store of this process");
      assertUnavailable(() -> disk.lock(directory.resolve(".")), "another store of this process");
    }
    disk.lock(directory).close();
  }

  @Test
  void givingALockBackTwiceDoesNotTakeItFromTheNext() throws Exception {
    AutoCloseable first = disk.lock(directory);
    first.close();
    try (AutoCloseable _ = disk.lock(directory)) {
      first.close();
      assertUnavailable(() -> disk.lock(directory), "another store of this process");
    }
  }

  private static void assertUnavailable(ThrowingCallable action, String message) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(
            KindredException.class,
            e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
        .hasMessageContaining(message);
  }
}
