package io.kindred.engine.log;

import static io.kindred.engine.log.LogFixture.append;
import static io.kindred.engine.log.LogFixture.assertError;
import static io.kindred.engine.log.LogFixture.assertFails;
import static io.kindred.engine.log.LogFixture.await;
import static io.kindred.engine.log.LogFixture.isStored;
import static io.kindred.engine.log.LogFixture.put;
import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.FaultyDisk.Operation;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/// What the log does while its disk refuses.
final class LogFaultTest {
  private final LogFixture fixture = new LogFixture();
  private final FaultyDisk disk = fixture.disk;

  @AfterEach
  void everyFileWasClosed() {
    disk.assertAllClosed();
  }

  @Test
  void aFullDiskFailsRecordsAndLaterOnesAreStoredOnceThereIsSpace() throws Exception {
    try (LocalLog log = fixture.start()) {
      put(log, "r1");
      disk.setFreeBytes(50);
      assertFails(
          append(log, "x".repeat(100), Durability.SYNCED),
          ErrorCode.STORAGE_UNAVAILABLE,
          "No space left on device; not stored");
      assertThat(log.committedPosition()).isEqualTo(1);

      disk.heal();
      assertThat(put(log, "r2")).isEqualTo(2);
    }
    assertThat(fixture.textsAfterRestart()).containsExactly("r1", "r2");
  }

  @Test
  void whatWasReportedAsNotStoredDoesNotComeBack() throws Exception {
    try (LocalLog log = fixture.start()) {
      put(log, "r1");
      disk.failNext(Operation.SYNC, 1);
      assertFails(
          append(log, "lost", Durability.SYNCED),
          ErrorCode.STORAGE_UNAVAILABLE,
          "Input/output error; not stored");
    }
    assertThat(fixture.textsAfterRestart()).containsExactly("r1");
  }

  @Test
  void afterAFailedSyncWhatWasVisibleIsWrittenAgain() throws Exception {
    try (LocalLog log = fixture.start()) {
      put(log, "r1");
      await(append(log, "r2", Durability.BUFFERED));
      disk.failNext(Operation.SYNC, 1);
      assertFails(
          append(log, "lost", Durability.SYNCED), ErrorCode.STORAGE_UNAVAILABLE, "not stored");
      assertThat(put(log, "r3")).isEqualTo(3);
      assertThat(disk.list(LogFixture.DIRECTORY)).hasSize(2);
    }
    // The first file never got r2 to the device, though a later sync of it succeeded.
    disk.losePower();
    assertThat(fixture.textsAfterRestart()).containsExactly("r1", "r2", "r3");
  }

  @Test
  void whileNothingCanBeWrittenRecordsFailAndLaterTheLogRecovers() throws Exception {
    try (LocalLog log = fixture.start()) {
      put(log, "r1");
      await(append(log, "r2", Durability.BUFFERED));
      disk.fail(Operation.SYNC);
      disk.fail(Operation.APPEND);
      disk.fail(Operation.CUT);
      for (int i = 0; i < 5; i++) {
        assertFails(
            append(log, "lost", Durability.SYNCED),
            ErrorCode.STORAGE_UNAVAILABLE,
            "Input/output error");
      }
      assertError(ErrorCode.STORAGE_UNAVAILABLE, log::sync, "Input/output error");

      disk.heal();
      assertThat(put(log, "r3")).isEqualTo(3);
      log.sync();
    }
    disk.losePower();
    assertThat(fixture.textsAfterRestart()).containsExactly("r1", "r2", "r3");
  }

  @Test
  void anUncutFailureSaysThatARestartWillShow() throws Exception {
    try (LocalLog log = fixture.start()) {
      put(log, "r1");
      disk.fail(Operation.SYNC);
      disk.fail(Operation.CUT);
      assertFails(
          append(log, "lost", Durability.SYNCED),
          ErrorCode.STORAGE_UNAVAILABLE,
          "a restart shows whether it was stored");
      disk.heal();
      assertThat(put(log, "r2")).isEqualTo(2);
    }
    assertThat(fixture.textsAfterRestart()).containsExactly("r1", "r2");
  }

  @Test
  void everyFailureWhileSegmentsRotateIsRecoveredFrom() throws Exception {
    for (Operation operation : Operation.values()) {
      Path directory = Path.of("/data/" + operation);
      LocalLog.Options oneRecordEach = fixture.options(LogLayout.HEADER_BYTES);
      List<String> stored = new ArrayList<>();
      try (LocalLog log =
          fixture.start(LocalLog.open(disk, directory, oneRecordEach, LogFixture.NEVER))) {
        for (int i = 1; i <= 12; i++) {
          disk.failNext(operation, i % 4);
          if (isStored(append(log, "r" + i, Durability.SYNCED))) {
            stored.add("r" + i);
          }
        }
        disk.heal();
        put(log, "last");
        stored.add("last");
        assertThat(fixture.collector.texts()).as("%s", operation).isEqualTo(stored);
      }
      disk.losePower();
      fixture.start(LocalLog.open(disk, directory, oneRecordEach, LogFixture.NEVER)).close();
      assertThat(fixture.collector.texts()).as("%s", operation).isEqualTo(stored);
    }
  }

  @Test
  void whatARestartShowsIsDurableThoughTheKilledProcessHadNotSyncedIt() throws Exception {
    try (LocalLog log = fixture.start()) {
      for (int i = 1; i <= 5; i++) {
        await(append(log, "r" + i, Durability.BUFFERED));
      }
      disk.setPowerOffAfter(0);
    }
    disk.killProcess();
    assertThat(fixture.durablePosition()).isZero();

    try (LocalLog log = fixture.start()) {
      assertThat(fixture.collector.texts()).hasSize(5);
      assertThat(fixture.durablePosition()).isEqualTo(log.committedPosition());
    }
  }

  @Test
  void whatWasReportedAsNotStoredDoesNotComeBackWithThePower() throws Exception {
    for (int seed = 0; seed < 50; seed++) {
      LogFixture other = new LogFixture();
      try (LocalLog log = other.start()) {
        put(log, "r1");
        other.disk.setFreeBytes(5_000);
        assertFails(
            append(log, "x".repeat(9_000), Durability.SYNCED),
            ErrorCode.STORAGE_UNAVAILABLE,
            "not stored");
        other.disk.setPowerOffAfter(0);
      }
      other.disk.losePower(new Random(seed));
      LocalLog.Verified verified = LocalLog.verify(other.disk, LogFixture.DIRECTORY);
      assertThat(verified.lastPosition()).as("seed %d", seed).isEqualTo(1);
      assertThat(verified.tornBytes()).as("seed %d", seed).isZero();
    }
  }

  @Test
  void aLogWhoseEndWasNotSyncedSaysSoAfterItWasClosed() throws Exception {
    LocalLog log = fixture.start();
    append(log, "r1", Durability.BUFFERED).get(30, TimeUnit.SECONDS);
    disk.fail(Operation.SYNC);
    log.close();

    assertError(ErrorCode.STORAGE_UNAVAILABLE, log::sync, "SYNC");
  }

  @Test
  void aFailedDeletionOfASegmentIsTriedAgain() throws Exception {
    try (LocalLog log = fixture.start(fixture.open(LogLayout.HEADER_BYTES))) {
      for (int i = 1; i <= 5; i++) {
        put(log, "r" + i);
      }
      disk.failNext(Operation.DELETE, 1);
      assertError(ErrorCode.STORAGE_UNAVAILABLE, () -> log.truncateBefore(5), "DELETE");
      assertThat(log.oldestPosition()).isEqualTo(1);

      disk.failNext(Operation.SYNC_DIRECTORY, 1);
      assertError(ErrorCode.STORAGE_UNAVAILABLE, () -> log.truncateBefore(5), "SYNC_DIRECTORY");
      log.truncateBefore(5);
      assertThat(log.oldestPosition()).isEqualTo(5);
      assertThat(disk.list(LogFixture.DIRECTORY)).hasSize(1);
    }
  }
}
