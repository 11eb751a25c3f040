package io.kindred.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.store.EmbeddedStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A backup and a restore that rest for a while.
@Timeout(60)
class PausedBackupTest {
  private static final int FILES = 7;

  @TempDir Path directory;
  private volatile Instant now = Instant.parse("2026-01-31T10:00:00Z");
  private EmbeddedStore store;
  private Backups backups;

  /// Pauses as soon as some files are there.
  private final CountDownLatch isPaused = new CountDownLatch(1);

  private final Progress progress = pausing();

  private Progress pausing() {
    Progress[] self = new Progress[1];
    self[0] =
        new Progress(
            status -> {
              if (status.filesDone() == FILES && isPaused.getCount() > 0) {
                self[0].pause();
                isPaused.countDown();
              }
            },
            Duration.ofMillis(50));
    return self[0];
  }

  @BeforeEach
  void fill() {
    store = BackupFixture.open(directory.resolve("data"));
    BackupFixture.fill(store);
    store.checkpoint();
    backups =
        new Backups(
            new DirectoryObjectStore(directory.resolve("place")), new FileDisk(), () -> now);
  }

  @AfterEach
  void close() {
    store.close();
    BackupFixture.requireSound(directory.resolve("data"));
  }

  /// Begins work on a thread of its own, and returns once it rests.
  private <T> CompletableFuture<T> begin(Supplier<T> work) throws Exception {
    CompletableFuture<T> result = CompletableFuture.supplyAsync(work);
    isPaused.await();
    assertThatThrownBy(() -> result.get(300, TimeUnit.MILLISECONDS))
        .isInstanceOf(TimeoutException.class);
    assertThat(progress.isPaused()).isTrue();
    assertThat(progress.status().filesDone()).isEqualTo(FILES);
    return result;
  }

  @Test
  void aPausedBackupIsThatOfItsPositionOnceItIsResumed() throws Exception {
    var rows = BackupFixture.rows(store.table("items"));
    CompletableFuture<Backups.Created> backup =
        begin(() -> backups.create(store, List.of(), progress));
    BackupFixture.put(store.table("items"), 390, 420);
    store.table("items").fold();
    assertThat(backups.list()).isEmpty();

    progress.resume();

    String id = backup.get().manifest().id();
    assertThat(progress.isPaused()).isFalse();
    Path target = directory.resolve("restored");
    backups.restore(id, Restore.Target.of(target), new Progress());
    assertThat(BackupFixture.rows(target, "items")).isEqualTo(rows);
    BackupFixture.requireSound(target);
  }

  @Test
  void aPausedBackupCanBeCancelled() throws Exception {
    CompletableFuture<Backups.Created> backup =
        begin(() -> backups.create(store, List.of(), progress));

    progress.cancel();

    assertRefused(backup, cause -> assertThat(cause.code()).isEqualTo(ErrorCode.NOT_READY));
    progress.pause();
    assertThat(progress.isPaused()).isFalse();
    assertThat(backups.list()).isEmpty();
  }

  /// Else a deletion would take it for one whose process was killed, and delete what it counts on.
  @Test
  void aPausedBackupStillSaysThatItIsUnderWay() throws Exception {
    CompletableFuture<Backups.Created> backup =
        begin(() -> backups.create(store, List.of(), progress));
    Path mark;
    try (var marks = Files.list(directory.resolve("place").resolve(ObjectNames.ACTIVE))) {
      mark = marks.findFirst().orElseThrow();
    }
    byte[] before = Files.readAllBytes(mark);
    now = now.plus(Duration.ofMinutes(11));

    byte[] renewed = before;
    while (Arrays.equals(renewed, before)) {
      renewed = Files.readAllBytes(mark);
    }

    assertThat(new String(renewed, StandardCharsets.US_ASCII))
        .isEqualTo(Long.toString(now.toEpochMilli()));
    progress.resume();
    backup.get();
  }

  @Test
  void aPausedRestoreGoesOn() throws Exception {
    var rows = BackupFixture.rows(store.table("items"));
    String id = backups.create(store, List.of(), new Progress()).manifest().id();
    Path target = directory.resolve("restored");
    CompletableFuture<Restore.Restored> restore =
        begin(() -> backups.restore(id, Restore.Target.of(target), progress));
    assertThat(target).doesNotExist();

    progress.resume();

    restore.get();
    assertThat(BackupFixture.rows(target, "items")).isEqualTo(rows);
  }

  private static void assertRefused(
      CompletableFuture<?> work, Consumer<KindredException> requirement) {
    assertThatThrownBy(work::get)
        .cause()
        .isInstanceOfSatisfying(KindredException.class, requirement);
  }
}
