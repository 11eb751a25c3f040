package io.kindred.engine.log;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreListener;
import io.kindred.engine.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// The log of one process: segment files in a directory, group commit, sync before acknowledgement.
///
/// Thread-safe. Two threads work for it: the writer encodes, writes and syncs what has gathered,
/// and the delivery hands it to the subscriber meanwhile. Files and recovery: docs/formats/log.md.
public final class LocalLog implements Log {
  /// How long a BUFFERED record may wait for the device.
  private static final Duration SYNC_DELAY = Duration.ofSeconds(1);

  private final Path directory;
  private final Options options;
  private final Duration syncDelay;
  private final long id;
  private final LogSegments segments;
  private final LogTail tail;
  private final AppendQueue queue;
  private final Object lifecycle = new Object();
  private volatile State state = new State.Opened();

  /// How a log works. Immutable.
  ///
  /// @param segmentBytes size from which a new segment is begun
  /// @param queueRecordsMax records that may wait to be written and delivered
  /// @param queueBytesMax bytes that may wait; a single record may exceed it when nothing else
  ///   waits
  /// @param listener hears of every commit, on the writer thread
  public record Options(
      long segmentBytes,
      int queueRecordsMax,
      long queueBytesMax,
      InstantSource clock,
      StoreListener listener) {
    public Options {
      if (segmentBytes < LogLayout.HEADER_BYTES) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "log segment bytes",
            segmentBytes,
            "at least " + LogLayout.HEADER_BYTES);
      }
      if (queueRecordsMax < 1 || queueBytesMax < 1) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "log queue",
            queueRecordsMax + " records, " + queueBytesMax + " bytes",
            "at least 1 of each");
      }
    }

    /// What suits most: segments of 64 MiB, 65,536 records or 128 MiB waiting.
    public static Options standard() {
      return new Options(64L << 20, 65_536, 128L << 20, InstantSource.system(), StoreListener.NONE);
    }
  }

  private sealed interface State {
    record Opened() implements State {}

    record Started(LogWriter writer, Thread writerThread, Thread deliveryThread) implements State {}

    /// @param failure why records at the end may not be durable, or null where all are
    record Closed(long committedPosition, @Nullable KindredException failure) implements State {}
  }

  private LocalLog(
      Disk disk, Path directory, Options options, Duration syncDelay, LogRecovery.End end) {
    this.directory = directory;
    this.options = options;
    this.syncDelay = syncDelay;
    this.id = end.logId();
    this.segments = new LogSegments(disk, directory, LogSegments.list(disk, directory));
    this.tail = new LogTail(disk, directory, segments, end, options);
    this.queue = new AppendQueue(options.queueRecordsMax(), options.queueBytesMax());
  }

  /// Opens the log of a directory, or begins one. A torn tail is cut, with a warning.
  ///
  /// @throws KindredException `CORRUPT` where anything else is damaged, naming file and offset
  public static LocalLog open(Disk disk, Path directory, Options options) {
    return open(disk, directory, options, SYNC_DELAY);
  }

  static LocalLog open(Disk disk, Path directory, Options options, Duration syncDelay) {
    LogRecovery.prepare(disk, directory);
    LogRecovery.End end = LogRecovery.findEnd(disk, LogSegments.list(disk, directory));
    return new LocalLog(disk, directory, options, syncDelay, end);
  }

  /// Begins a log of its own that goes on behind a position of another one, whose state is taken
  /// over by what lies beside it. Replaces what an earlier attempt began.
  ///
  /// @return the id of the new log
  public static long beginAfter(Disk disk, Path directory, long position) {
    disk.createDirectories(directory);
    disk.list(directory).forEach(entry -> disk.delete(directory.resolve(entry.getFileName())));
    long id = LogRecovery.newLogId();
    LogRecovery.begin(disk, directory, id, position + 1);
    return id;
  }

  /// Reads every record of a log that is not open, and changes nothing.
  ///
  /// @throws KindredException `CORRUPT` at the first damage; a torn tail is none
  public static Verified verify(Disk disk, Path directory) {
    List<LogSegment> list = LogSegments.list(disk, directory);
    if (list.isEmpty()) {
      throw KindredException.of(
          ErrorCode.CORRUPT, "log", directory + " without a segment", "at least one");
    }
    LogRecovery.End end = LogRecovery.findEnd(disk, list);
    LogSegments chain = new LogSegments(disk, directory, list);
    chain.read(chain.oldestPosition(), end.lastPosition(), (position, time, payload) -> {});
    return new Verified(
        end.logId(),
        chain.oldestPosition(),
        end.lastPosition(),
        chain.sizeBytes(),
        end.sizeBytes() - end.endOffset());
  }

  /// What [#verify] found. Immutable.
  ///
  /// @param lastPosition one less than the oldest where there is no record
  /// @param tornBytes what the next start will cut
  public record Verified(
      long logId, long oldestPosition, long lastPosition, long sizeBytes, long tornBytes) {}

  @Override
  public long id() {
    return id;
  }

  @Override
  public long oldestPosition() {
    return segments.oldestPosition();
  }

  @Override
  public long committedPosition() {
    return switch (state) {
      case State.Opened() -> tail.lastPosition();
      case State.Started started -> started.writer().committedPosition();
      case State.Closed closed -> closed.committedPosition();
    };
  }

  @Override
  public long sizeBytes() {
    return segments.sizeBytes();
  }

  @Override
  public long memoryBytes() {
    return LogTail.BUFFER_BYTES + queue.bytesHeld();
  }

  @Override
  public void start(long fromPosition, Subscriber subscriber) {
    synchronized (lifecycle) {
      if (!(state instanceof State.Opened)) {
        throw notReady("log started or closed already");
      }
      long oldest = segments.oldestPosition();
      long next = tail.lastPosition() + 1;
      if (fromPosition < oldest || fromPosition > next) {
        throw LogRecovery.notHeld(directory, fromPosition, oldest, next);
      }
      Runnable replay =
          () ->
              segments.read(
                  fromPosition,
                  next - 1,
                  (position, time, payload) -> subscriber.apply(position, time, payload, null));
      LogDelivery delivery = new LogDelivery(queue, subscriber, replay);
      Thread deliveryThread = Thread.ofPlatform().daemon().name("log-delivery").start(delivery);
      awaitReplay(delivery.replayed());
      LogWriter writer = new LogWriter(queue, tail, delivery, options.listener(), syncDelay);
      Thread writerThread = Thread.ofPlatform().daemon().name("log-writer").start(writer);
      state = new State.Started(writer, writerThread, deliveryThread);
    }
  }

  private static void awaitReplay(CompletableFuture<Void> replayed) {
    try {
      replayed.join();
    } catch (CompletionException e) {
      switch (e.getCause()) {
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw e;
      }
    }
  }

  @Override
  public void append(List<ByteBuffer> payloads, Durability durability, Object attachment) {
    List<Batch.Pending> records = new ArrayList<>(payloads.size());
    for (ByteBuffer payload : payloads) {
      if (payload.remaining() > LogLayout.PAYLOAD_BYTES_MAX) {
        throw KindredException.of(
            ErrorCode.TOO_LARGE,
            "log record bytes",
            payload.remaining(),
            "at most " + LogLayout.PAYLOAD_BYTES_MAX);
      }
      records.add(new Batch.Pending(payload, durability, attachment));
    }
    checkStarted();
    queue.add(records);
  }

  @Override
  public void sync() {
    switch (state) {
      case State.Opened() -> {}
      case State.Started started -> awaitBarrier();
      case State.Closed(long position, KindredException failure) -> {
        if (failure != null) {
          throw new KindredException(failure.code(), String.valueOf(failure.getMessage()), failure);
        }
      }
    }
  }

  private void awaitBarrier() {
    CompletableFuture<Void> reached = new CompletableFuture<>();
    queue.add(new Batch.Barrier(reached));
    try {
      reached.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof KindredException cause) {
        throw new KindredException(cause.code(), String.valueOf(cause.getMessage()), cause);
      }
      throw e;
    }
  }

  @Override
  public @Nullable KindredException refusal() {
    return switch (state) {
      case State.Opened() -> null;
      case State.Started started -> started.writer().refusal();
      case State.Closed closed -> closed.failure();
    };
  }

  @Override
  public void check(LongConsumer pace) {
    segments.check(pace);
  }

  @Override
  public void truncateBefore(long position) {
    segments.truncateBefore(position);
  }

  @Override
  public void close() {
    queue.close(notReady("log is closed"));
    synchronized (lifecycle) {
      switch (state) {
        case State.Opened() -> {
          state = new State.Closed(tail.lastPosition(), null);
          tail.close();
        }
        case State.Started(LogWriter writer, Thread writerThread, Thread deliveryThread) -> {
          join(writerThread);
          join(deliveryThread);
          state = new State.Closed(writer.committedPosition(), writer.endFailure());
        }
        case State.Closed ignored -> {}
      }
    }
  }

  private void checkStarted() {
    if (state instanceof State.Opened) {
      throw notReady("log not started");
    }
  }

  private static void join(Thread thread) {
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

  private static KindredException notReady(String found) {
    return KindredException.of(ErrorCode.NOT_READY, "log", found, "a started log");
  }
}
