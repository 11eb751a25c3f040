package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.ScrubInfo;
import io.kindred.engine.shard.Shard;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Reads all files of an open store, slowly and again and again, and compares their checksums: a
/// disk may alter what nobody asks for, and by the time that somebody does, the backups may have it
/// too. Thread-safe.
///
/// Whatever can be made good is: see [Shard#scrub]. A round begins where all rounds do, so an end
/// of the process loses what the round had done.
final class Scrubber implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);
  private static final Duration BEFORE_FIRST_ROUND = Duration.ofSeconds(30);
  private static final Duration BETWEEN_ROUNDS = Duration.ofHours(6);

  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  /// What was not read in its time is not made up for beyond this.
  private static final long BEHIND_NANOS_MAX = Duration.ofMillis(100).toNanos();

  private final long bytesPerSecond;
  private final Parts parts;
  private final CountDownLatch closed = new CountDownLatch(1);

  @SuppressWarnings("ThreadPriorityCheck") // advice: whatever else there is to do comes first
  private final Thread thread =
      Thread.ofPlatform()
          .name("kindred-scrubber")
          .daemon()
          .priority(Thread.MIN_PRIORITY)
          .unstarted(this::work);

  private final AtomicLong bytes = new AtomicLong();
  private final AtomicLong rounds = new AtomicLong();
  private final AtomicLong replaced = new AtomicLong();

  /// What could not be checked or made good in the last round, or null.
  private volatile @Nullable String failure;

  private volatile boolean isPaused;
  private long dueNanos;

  /// What there is to read. Each check throws `CORRUPT`, naming the file.
  interface Parts {
    Collection<OpenTable> tables();

    void checkCatalog(LongConsumer pace);

    /// Writes the catalog anew.
    void replaceCatalog();

    void checkLog(LongConsumer pace);

    /// Lets go of the log's older files, as all that they hold is in others.
    void replaceLog();
  }

  /// @param bytesPerSecond as fast as it reads; 0 not to read
  Scrubber(long bytesPerSecond, Parts parts) {
    this.bytesPerSecond = bytesPerSecond;
    this.parts = parts;
  }

  void start() {
    if (bytesPerSecond > 0) {
      thread.start();
    }
  }

  private void work() {
    try {
      boolean isClosed = closed.await(BEFORE_FIRST_ROUND.toMillis(), TimeUnit.MILLISECONDS);
      while (!isClosed) {
        round();
        isClosed = closed.await(BETWEEN_ROUNDS.toMillis(), TimeUnit.MILLISECONDS);
      }
    } catch (CancellationException e) {
      LOG.debug("scrubbing ended: the store closes");
    } catch (InterruptedException e) {
      LOG.warn("scrubbing ended: interrupted; files are checked again after a restart", e);
    }
  }

  /// Reads every file once.
  ///
  /// @throws CancellationException once the store closes
  void round() {
    long started = System.nanoTime();
    long before = bytes.get();
    dueNanos = started;
    failure = null;
    for (OpenTable table : parts.tables()) {
      for (Shard shard : table.shards()) {
        guarded(() -> replaced.addAndGet(shard.scrub(this::pace)));
      }
    }
    guarded(() -> checkOrReplace(() -> parts.checkCatalog(this::pace), parts::replaceCatalog));
    guarded(() -> checkOrReplace(() -> parts.checkLog(this::pace), parts::replaceLog));
    rounds.incrementAndGet();
    LOG.info(
        "files checked bytes={} took={}s",
        bytes.get() - before,
        Duration.ofNanos(System.nanoTime() - started).toSeconds());
  }

  private void checkOrReplace(Runnable check, Runnable replace) {
    try {
      check.run();
    } catch (KindredException e) {
      if (e.code() != ErrorCode.CORRUPT) {
        throw e;
      }
      LOG.warn("damaged, and replaced: {}", e.getMessage());
      replace.run();
      // It has to be whole now, or the damage is a problem that stays.
      check.run();
      replaced.incrementAndGet();
    }
  }

  private void guarded(Runnable check) {
    try {
      check.run();
    } catch (KindredException e) {
      failure = "files not checked or not made good: " + e.getMessage();
      LOG.warn("{}", failure);
    }
  }

  /// Lets it rest where it is, or go on.
  void pause(boolean value) {
    isPaused = value;
  }

  /// Waits until the bytes that were read are due, and as long as it is to rest.
  private void pace(long read) {
    bytes.addAndGet(read);
    while (isPaused) {
      await(BETWEEN_LOOKS.toNanos());
    }
    if (bytesPerSecond > 0) {
      long now = System.nanoTime();
      dueNanos = Math.max(dueNanos, now - BEHIND_NANOS_MAX);
      dueNanos += (long) (read * 1e9 / bytesPerSecond);
      await(dueNanos - now);
    }
    if (closed.getCount() == 0) {
      throw new CancellationException("scrubbing");
    }
  }

  private void await(long nanos) {
    try {
      // A wait of less than the clock's grain would be a long one.
      if (nanos > TimeUnit.MILLISECONDS.toNanos(1) && closed.await(nanos, TimeUnit.NANOSECONDS)) {
        throw new CancellationException("scrubbing");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw (CancellationException) new CancellationException("scrubbing").initCause(e);
    }
  }

  ScrubInfo info() {
    List<String> damaged =
        parts.tables().stream()
            .flatMap(table -> table.shards().stream())
            .flatMap(shard -> shard.damages().stream())
            .toList();
    return new ScrubInfo(
        bytesPerSecond, rounds.get(), bytes.get(), replaced.get(), damaged, isPaused);
  }

  /// What a person should look at, or null.
  @Nullable String problem() {
    return failure;
  }

  @Override
  public void close() {
    closed.countDown();
    boolean isInterrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        isInterrupted = true;
      }
    }
    if (isInterrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
