package io.kindred.engine.log;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreListener;
import io.kindred.engine.disk.FaultyDisk;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;

/// A log on a [FaultyDisk] with a clock that the test sets. Owned by the test's thread.
final class LogFixture {
  static final Path DIRECTORY = Path.of("/data/log");
  static final int RECORDS_WAITING_MAX = 1_000;
  static final Duration NEVER = Duration.ofDays(1);

  final FaultyDisk disk = new FaultyDisk();
  final AtomicLong nowMillis = new AtomicLong(1_000);
  final AtomicInteger commits = new AtomicInteger();

  /// What the log that was started last has delivered.
  Collector collector = new Collector();

  LocalLog.Options options(long segmentBytes) {
    StoreListener listener =
        new StoreListener() {
          @Override
          public void committed(int records, long bytes, Duration took) {
            commits.incrementAndGet();
          }
        };
    return new LocalLog.Options(
        segmentBytes,
        RECORDS_WAITING_MAX,
        1 << 20,
        () -> Instant.ofEpochMilli(nowMillis.get()),
        listener);
  }

  LocalLog open() {
    return open(1 << 20);
  }

  LocalLog open(long segmentBytes) {
    return LocalLog.open(disk, DIRECTORY, options(segmentBytes), NEVER);
  }

  LocalLog start() {
    return start(open());
  }

  LocalLog start(LocalLog log) {
    collector = new Collector();
    log.start(log.oldestPosition(), collector);
    return log;
  }

  /// Opens the log, reads all of it, and closes it.
  List<String> textsAfterRestart() {
    try (LocalLog log = open()) {
      start(log);
    }
    return collector.texts();
  }

  /// The last record that a loss of power would leave.
  long durablePosition() {
    return LocalLog.verify(disk.copyOfDurable(), DIRECTORY).lastPosition();
  }

  static ByteBuffer payload(String text) {
    return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
  }

  static CompletableFuture<Long> append(Log log, String text, Durability durability) {
    CompletableFuture<Long> reply = new CompletableFuture<>();
    log.append(payload(text), durability, reply);
    return reply;
  }

  static long await(CompletableFuture<Long> reply) throws Exception {
    return reply.get(30, TimeUnit.SECONDS);
  }

  static long put(Log log, String text) throws Exception {
    return await(append(log, text, Durability.SYNCED));
  }

  static boolean isStored(CompletableFuture<Long> reply) throws Exception {
    try {
      await(reply);
      return true;
    } catch (ExecutionException e) {
      return false;
    }
  }

  static List<String> texts(String prefix, int from, int to) {
    return IntStream.rangeClosed(from, to).mapToObj(i -> prefix + i).toList();
  }

  static void assertFails(CompletableFuture<Long> reply, ErrorCode code, String message) {
    assertThatThrownBy(() -> await(reply))
        .cause()
        .isInstanceOfSatisfying(KindredException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }

  static void assertError(ErrorCode code, ThrowingCallable action, String message) {
    assertThatThrownBy(action)
        .isInstanceOfSatisfying(KindredException.class, e -> assertThat(e.code()).isEqualTo(code))
        .hasMessageContaining(message);
  }
}
