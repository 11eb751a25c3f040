package io.kindred.engine.log;

import static io.kindred.engine.log.LogFixture.append;
import static io.kindred.engine.log.LogFixture.assertError;
import static io.kindred.engine.log.LogFixture.assertFails;
import static io.kindred.engine.log.LogFixture.await;
import static io.kindred.engine.log.LogFixture.put;
import static io.kindred.engine.log.LogFixture.texts;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class LogTest {
  private final LogFixture fixture = new LogFixture();

  @AfterEach
  void everyFileWasClosed() {
    fixture.disk.assertAllClosed();
  }

  /// Writes `r1`, `r2` and so on, each on its own, and forgets that.
  private void write(int records) throws Exception {
    try (LocalLog log = fixture.start()) {
      for (int i = 1; i <= records; i++) {
        put(log, "r" + i);
      }
    }
    fixture.collector = new Collector();
  }

  @Test
  void recordsAreDeliveredInOrderFromPositionOne() throws Exception {
    try (LocalLog log = fixture.start()) {
      assertThat(log.committedPosition()).isZero();
      assertThat(log.oldestPosition()).isEqualTo(1);
      for (int i = 1; i <= 10; i++) {
        assertThat(put(log, "r" + i)).isEqualTo(i);
      }
      assertThat(log.committedPosition()).isEqualTo(10);
      assertThat(fixture.collector.texts()).isEqualTo(texts("r", 1, 10));
    }
  }

  @Test
  void recordsAndTheLogIdSurviveARestart() throws Exception {
    write(10);
    long id = LocalLog.verify(fixture.disk, LogFixture.DIRECTORY).logId();
    try (LocalLog log = fixture.start()) {
      assertThat(log.id()).isEqualTo(id);
      assertThat(log.committedPosition()).isEqualTo(10);
      assertThat(fixture.collector.texts()).isEqualTo(texts("r", 1, 10));
      assertThat(put(log, "r11")).isEqualTo(11);
    }
  }

  @Test
  void aReplayBeginsAtTheAskedPosition() throws Exception {
    write(10);
    try (LocalLog log = fixture.open()) {
      log.start(8, fixture.collector);
      assertThat(fixture.collector.texts()).isEqualTo(texts("r", 8, 10));
    }
  }

  @Test
  void aReplayFromTheEndDeliversNothing() throws Exception {
    write(10);
    try (LocalLog log = fixture.open()) {
      log.start(11, fixture.collector);
      assertThat(fixture.collector.texts()).isEmpty();
      assertThat(put(log, "r11")).isEqualTo(11);
    }
  }

  @Test
  void positionsThatTheLogDoesNotHoldAreRefused() throws Exception {
    write(1);
    try (LocalLog log = fixture.open()) {
      for (long position : new long[] {-1, 0, 3}) {
        assertError(
            ErrorCode.CORRUPT,
            () -> log.start(position, fixture.collector),
            "log position: " + position + " (expected: 1 to 2");
      }
    }
  }

  @Test
  void recordsOfAnySizeAreReadBack() throws Exception {
    List<String> sent = new ArrayList<>();
    for (int bytes : new int[] {0, 1, 7, 8, 9, 1_000, 1 << 20, 9 << 20, 3}) {
      sent.add("x".repeat(bytes));
    }
    try (LocalLog log = fixture.start()) {
      for (String text : sent) {
        put(log, text);
      }
      assertThat(fixture.collector.texts()).isEqualTo(sent);
    }
    assertThat(fixture.textsAfterRestart()).isEqualTo(sent);
  }

  @Test
  void aRecordBeyondTheLimitIsRefused() {
    try (LocalLog log = fixture.start()) {
      ByteBuffer tooLarge = ByteBuffer.allocate(LogLayout.PAYLOAD_BYTES_MAX + 1);
      assertError(
          ErrorCode.TOO_LARGE,
          () -> log.append(tooLarge, Durability.SYNCED, new CompletableFuture<Long>()),
          "log record bytes: 67108865 (expected: at most 67108864)");
    }
  }

  @Test
  void timestampsNeverFallEvenWhenTheClockDoes() throws Exception {
    try (LocalLog log = fixture.start()) {
      put(log, "a");
      fixture.nowMillis.set(500);
      put(log, "b");
    }
    try (LocalLog log = fixture.start()) {
      put(log, "c");
      fixture.nowMillis.set(2_000);
      put(log, "d");
      assertThat(fixture.collector.applied())
          .extracting(Collector.Applied::timestampMillis)
          .containsExactly(1_000L, 1_000L, 1_000L, 2_000L);
    }
  }

  @Test
  void timestampsDoNotFallBehindRecordsThatWereTruncated() throws Exception {
    try (LocalLog log = fixture.start(fixture.open(LogLayout.HEADER_BYTES))) {
      put(log, "a");
      // Room for the next segment but not for its first record: the segment stays empty.
      fixture.disk.setFreeBytes(LogLayout.HEADER_BYTES + 10);
      assertFails(append(log, "b", Durability.SYNCED), ErrorCode.STORAGE_UNAVAILABLE, "No space");
      log.truncateBefore(2);
      assertThat(log.oldestPosition()).isEqualTo(2);
    }
    fixture.disk.heal();
    fixture.nowMillis.set(500);
    try (LocalLog log = fixture.start()) {
      put(log, "c");
      assertThat(fixture.collector.applied()).containsExactly(new Collector.Applied(2, 1_000, "c"));
    }
  }

  @Test
  void recordsThatWaitAreWrittenAsGroups() throws Exception {
    BlockingSubscriber subscriber = new BlockingSubscriber(fixture.collector);
    try (LocalLog log = fixture.open()) {
      log.start(1, subscriber);
      List<CompletableFuture<Long>> replies = new ArrayList<>();
      replies.add(append(log, "r1", Durability.SYNCED));
      subscriber.entered.await();
      for (int i = 2; i <= 500; i++) {
        replies.add(append(log, "r" + i, Durability.SYNCED));
      }
      subscriber.release.countDown();
      for (CompletableFuture<Long> reply : replies) {
        await(reply);
      }
    }
    assertThat(fixture.collector.texts()).isEqualTo(texts("r", 1, 500));
    assertThat(fixture.commits.get()).isLessThan(500);
  }

  @Test
  void aFullQueueRefusesUntilRecordsAreDelivered() throws Exception {
    BlockingSubscriber subscriber = new BlockingSubscriber(fixture.collector);
    try (LocalLog log = fixture.open()) {
      log.start(1, subscriber);
      CompletableFuture<Long> last = append(log, "r1", Durability.SYNCED);
      subscriber.entered.await();
      for (int i = 2; i <= LogFixture.RECORDS_WAITING_MAX + 1; i++) {
        last = append(log, "r" + i, Durability.BUFFERED);
      }
      assertError(
          ErrorCode.OVERLOADED,
          () -> append(log, "too many", Durability.SYNCED).join(),
          "records waiting for the log: 1000 (expected: fewer than 1000; try again)");
      subscriber.release.countDown();
      await(last);
      log.sync();
      assertThat(put(log, "r1002")).isEqualTo(1002);
    }
  }

  @Test
  void aFullQueueRefusesByBytesToo() throws Exception {
    BlockingSubscriber subscriber = new BlockingSubscriber(fixture.collector);
    try (LocalLog log = fixture.open()) {
      log.start(1, subscriber);
      CompletableFuture<Long> first = append(log, "r1", Durability.SYNCED);
      subscriber.entered.await();
      CompletableFuture<Long> large = append(log, "x".repeat(2 << 20), Durability.SYNCED);
      assertError(
          ErrorCode.OVERLOADED,
          () -> append(log, "small", Durability.SYNCED).join(),
          "bytes waiting for the log: 2097224 (expected: at most 1048576; try again)");
      subscriber.release.countDown();
      assertThat(await(first)).isEqualTo(1);
      assertThat(await(large)).isEqualTo(2);
    }
  }

  @Test
  void segmentsRotateAndAreTruncatedAsWholeFiles() throws Exception {
    try (LocalLog log = fixture.start(fixture.open(400))) {
      for (int i = 1; i <= 50; i++) {
        put(log, "r" + i);
      }
      assertThat(fixture.disk.list(LogFixture.DIRECTORY)).hasSizeGreaterThan(5);
      long sizeBefore = log.sizeBytes();

      log.truncateBefore(20);
      assertThat(log.oldestPosition()).isBetween(10L, 20L);
      assertThat(log.sizeBytes()).isLessThan(sizeBefore);
      log.truncateBefore(1_000);
      assertThat(fixture.disk.list(LogFixture.DIRECTORY)).hasSize(1);
      assertThat(put(log, "r51")).isEqualTo(51);
    }
    try (LocalLog log = fixture.open()) {
      long oldest = log.oldestPosition();
      assertError(
          ErrorCode.CORRUPT,
          () -> log.start(oldest - 1, fixture.collector),
          "log position: " + (oldest - 1));
      fixture.start(log);
      assertThat(fixture.collector.texts()).isEqualTo(texts("r", (int) oldest, 51));
    }
  }

  @Test
  void bufferedRecordsAreSyncedAfterADelay() throws Exception {
    try (LocalLog log =
        LocalLog.open(
            fixture.disk, LogFixture.DIRECTORY, fixture.options(1 << 20), Duration.ofMillis(1))) {
      fixture.start(log);
      await(append(log, "a", Durability.BUFFERED));
      while (fixture.durablePosition() < 1) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  void syncMakesBufferedRecordsDurable() throws Exception {
    try (LocalLog log = fixture.start()) {
      for (int i = 1; i <= 10; i++) {
        await(append(log, "r" + i, Durability.BUFFERED));
      }
      assertThat(fixture.durablePosition()).isZero();
      log.sync();
      assertThat(fixture.durablePosition()).isEqualTo(10);
    }
  }

  @Test
  void manyBufferedBytesAreSyncedWithoutWaiting() throws Exception {
    try (LocalLog log = fixture.start(fixture.open(64 << 20))) {
      for (int i = 1; i <= 20; i++) {
        await(append(log, "x".repeat(1 << 20), Durability.BUFFERED));
      }
      assertThat(fixture.durablePosition()).isGreaterThan(10);
    }
  }

  @Test
  void aSubscriberThatThrowsStopsTheLog() throws Exception {
    try (LocalLog log = fixture.open()) {
      log.start(1, new ThrowingSubscriber());
      CompletableFuture<Long> reply = append(log, "r1", Durability.SYNCED);
      assertFails(reply, ErrorCode.INTERNAL, "record 1 is stored but could not be applied");
      assertError(ErrorCode.INTERNAL, () -> append(log, "r2", Durability.SYNCED).join(), "restart");
    }
    assertThat(fixture.textsAfterRestart()).containsExactly("r1");
  }

  @Test
  void aSubscriberThatThrowsInTheReplayFailsTheStart() throws Exception {
    write(1);
    try (LocalLog log = fixture.open()) {
      assertThatThrownBy(() -> log.start(1, new ThrowingSubscriber()))
          .isInstanceOf(IllegalStateException.class)
          .hasMessage("no memory");
    }
  }

  @Test
  void closeWritesAndDeliversWhatIsQueued() {
    LocalLog log = fixture.start();
    List<CompletableFuture<Long>> replies = new ArrayList<>();
    for (int i = 1; i <= 300; i++) {
      replies.add(append(log, "r" + i, i % 2 == 0 ? Durability.SYNCED : Durability.BUFFERED));
    }
    log.close();
    log.close();

    assertThat(replies).allMatch(CompletableFuture::isDone);
    assertThat(log.committedPosition()).isEqualTo(300);
    assertError(ErrorCode.NOT_READY, () -> append(log, "late", Durability.SYNCED).join(), "closed");
    log.sync(); // Nothing is left to do: all was made durable.
    fixture.disk.losePower();
    assertThat(fixture.textsAfterRestart()).isEqualTo(texts("r", 1, 300));
  }

  @Test
  void nothingIsTakenBeforeTheStart() {
    try (LocalLog log = fixture.open()) {
      assertError(
          ErrorCode.NOT_READY, () -> append(log, "r", Durability.SYNCED).join(), "not started");
      log.sync(); // What will be replayed is durable.
      fixture.start(log);
      assertError(ErrorCode.NOT_READY, () -> log.start(1, fixture.collector), "started");
    }
  }

  @Test
  void manyThreadsAppendAtOnce() throws Exception {
    try (LocalLog log = fixture.start();
        ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<CompletableFuture<Void>> done = new ArrayList<>();
      for (int thread = 0; thread < 8; thread++) {
        String name = "t" + thread + "-";
        done.add(CompletableFuture.runAsync(() -> putMany(log, name, 200), threads));
      }
      for (CompletableFuture<Void> one : done) {
        one.get(30, TimeUnit.SECONDS);
      }
    }
    List<String> all = fixture.collector.texts();
    assertThat(all).hasSize(1_600).doesNotHaveDuplicates();
    for (int thread = 0; thread < 8; thread++) {
      String name = "t" + thread + "-";
      assertThat(all.stream().filter(text -> text.startsWith(name)))
          .containsExactlyElementsOf(texts(name, 1, 200));
    }
  }

  private static void putMany(Log log, String name, int count) {
    try {
      for (int i = 1; i <= count; i++) {
        put(log, name + i);
      }
    } catch (Exception e) {
      throw new AssertionError(e);
    }
  }

  /// Holds up the delivery until it is released.
  private record BlockingSubscriber(Collector inner, CountDownLatch entered, CountDownLatch release)
      implements Log.Subscriber {
    BlockingSubscriber(Collector inner) {
      this(inner, new CountDownLatch(1), new CountDownLatch(1));
    }

    @Override
    public void apply(
        long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
      entered.countDown();
      try {
        release.await();
      } catch (InterruptedException e) {
        throw new AssertionError(e);
      }
      inner.apply(position, timestampMillis, payload, attachment);
    }

    @Override
    public void failed(Object attachment, RuntimeException cause) {
      inner.failed(attachment, cause);
    }
  }

  private static final class ThrowingSubscriber implements Log.Subscriber {
    @Override
    public void apply(
        long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment) {
      throw new IllegalStateException("no memory");
    }

    @Override
    public void failed(Object attachment, RuntimeException cause) {
      ((CompletableFuture<?>) attachment).completeExceptionally(cause);
    }
  }
}
