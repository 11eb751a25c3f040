package io.kindred.server.survey;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.VectorSpec;
import io.kindred.server.rows.DeclaredFields;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes surveys of tables, one after the other on a thread of their own, so that they never take
/// one from searches; and remembers the last ones. Thread-safe.
///
/// A survey is made anew once the table has changed and the survey is a minute old.
public final class Surveys implements AutoCloseable {
  public static final int SAMPLE_MIN = 50;
  public static final int DISTRIBUTION_SAMPLE_MAX = 10_000;
  public static final int MAP_SAMPLE_MAX = 3_000;

  private static final Logger LOG = LoggerFactory.getLogger(Surveys.class);
  private static final long CLOSE_WAIT_SECONDS = 5;
  private static final int REMEMBERED_MAX = 32;
  private static final int WAITING_MAX = 16;
  private static final long FRESH_NANOS = Duration.ofMinutes(1).toNanos();

  private final Store store;
  private final ThreadPoolExecutor thread;
  private final Map<Subject, Survey> remembered = new LinkedHashMap<>(16, 0.75f, true);

  /// What a survey is of.
  private record Subject(long tableId, Object request) {}

  /// A survey that is made, or was.
  ///
  /// @param position of the table when it began
  private record Survey(CompletableFuture<byte[]> json, long position, long startedNanos) {}

  /// @param sample rows, `SAMPLE_MIN` to `MAP_SAMPLE_MAX`
  /// @param colour a declared field or a metadata entry, or null
  public record MapRequest(String field, int sample, @Nullable String colour) {}

  private record DistributionRequest(int sample) {}

  @SuppressWarnings("ThreadPriorityCheck") // advice: whatever else there is to do comes first
  public Surveys(Store store) {
    this.store = store;
    this.thread =
        new ThreadPoolExecutor(
            1,
            1,
            10,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(WAITING_MAX),
            Thread.ofPlatform()
                .name("kindred-survey")
                .daemon()
                .priority(Thread.MIN_PRIORITY)
                .factory());
    thread.allowCoreThreadTimeOut(true);
  }

  /// How the table's values are spread.
  ///
  /// @param sample rows, `SAMPLE_MIN` to `DISTRIBUTION_SAMPLE_MAX`
  /// @return JSON
  /// @throws KindredException `TABLE_NOT_FOUND`, `OVERLOADED` where too many surveys wait
  public CompletableFuture<byte[]> distribution(String tableName, int sample) {
    Table table = store.table(tableName);
    return survey(table, new DistributionRequest(sample), () -> Distribution.of(table, sample));
  }

  /// The table's vectors on a plane.
  ///
  /// @param field null for the table's only one
  /// @return JSON
  /// @throws KindredException as for [#distribution], and `UNKNOWN_FIELD`
  public CompletableFuture<byte[]> map(
      String tableName, @Nullable String field, int sample, @Nullable String colour) {
    Table table = store.table(tableName);
    String name = DeclaredFields.vectorName(table.spec(), field);
    VectorSpec spec = DeclaredFields.vector(table.spec(), name);
    MapRequest request = new MapRequest(name, sample, colour);
    return survey(table, request, () -> VectorMap.of(table, request, spec));
  }

  private CompletableFuture<byte[]> survey(Table table, Object request, Supplier<byte[]> work) {
    Subject subject = new Subject(table.info().id(), request);
    long position = table.info().appliedPosition();
    synchronized (remembered) {
      Survey known = remembered.get(subject);
      if (known != null && isGood(known, position)) {
        return known.json();
      }
      CompletableFuture<byte[]> json = begin(work);
      remembered.put(subject, new Survey(json, position, System.nanoTime()));
      if (remembered.size() > REMEMBERED_MAX) {
        remembered.remove(remembered.keySet().iterator().next());
      }
      return json;
    }
  }

  private static boolean isGood(Survey survey, long position) {
    if (survey.json().isCompletedExceptionally()) {
      return false;
    }
    return !survey.json().isDone()
        || survey.position() == position
        || System.nanoTime() - survey.startedNanos() < FRESH_NANOS;
  }

  private CompletableFuture<byte[]> begin(Supplier<byte[]> work) {
    try {
      return CompletableFuture.supplyAsync(work, thread);
    } catch (RejectedExecutionException e) {
      throw thread.isShutdown()
          ? new KindredException(ErrorCode.NOT_READY, "server: closing (expected: open)", e)
          : new KindredException(
              ErrorCode.OVERLOADED, "surveys: %d wait (expected: fewer)".formatted(WAITING_MAX), e);
    }
  }

  /// Gives up what waits and is under way.
  @Override
  public void close() {
    thread.shutdownNow();
    try {
      if (!thread.awaitTermination(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("a survey goes on while the server closes; it ends with the process");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
