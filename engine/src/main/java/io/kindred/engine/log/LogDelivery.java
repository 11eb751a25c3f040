package io.kindred.engine.log;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The thread that hands records to the subscriber: first those that the log holds, then those that
/// are committed. Its fields are owned by that thread; batches come in from the writer thread.
final class LogDelivery implements Runnable {
  private static final Logger LOGGER = LoggerFactory.getLogger(LogDelivery.class);

  /// Enough that the writer need not wait while a batch is applied, and no more.
  private static final int BATCHES_WAITING_MAX = 2;

  private static final Batch END = new Batch(List.of(), List.of());

  private final AppendQueue queue;
  private final Log.Subscriber subscriber;
  private final Runnable replay;
  private final CompletableFuture<Void> replayed = new CompletableFuture<>();
  private final BlockingQueue<Batch> batches = new ArrayBlockingQueue<>(BATCHES_WAITING_MAX);

  /// Set once the subscriber threw: it does not get another record.
  private @Nullable KindredException stopped;

  LogDelivery(AppendQueue queue, Log.Subscriber subscriber, Runnable replay) {
    this.queue = queue;
    this.subscriber = subscriber;
    this.replay = replay;
  }

  /// Done when the records that the log holds are delivered.
  CompletableFuture<Void> replayed() {
    return replayed;
  }

  /// Hands over a written or failed batch, waiting where the subscriber is behind.
  void hand(Batch batch) throws InterruptedException {
    batches.put(batch);
  }

  /// Ends the thread behind what was handed over.
  void end() {
    boolean isHanded = false;
    while (!isHanded) {
      try {
        hand(END);
        isHanded = true;
      } catch (InterruptedException e) {
        LOGGER.warn("interrupted while the log ends; going on until it has ended", e);
      }
    }
  }

  @Override
  public void run() {
    try {
      replay.run();
      replayed.complete(null);
    } catch (Throwable e) {
      // Whatever it is, the caller of start throws it on.
      replayed.completeExceptionally(e);
      return;
    }
    try {
      for (Batch batch = batches.take(); batch != END; batch = batches.take()) {
        // First, so that who was answered finds room for the next record.
        queue.release(batch);
        deliver(batch);
      }
    } catch (InterruptedException e) {
      LOGGER.warn("log delivery interrupted; records are stored but no longer applied", e);
    }
  }

  private void deliver(Batch batch) {
    KindredException failure = batch.failure();
    long position = batch.firstPosition();
    for (Batch.Pending pending : batch.records()) {
      if (failure != null) {
        fail(pending, failure);
      } else {
        apply(position++, batch.timestampMillis(), pending);
      }
    }
  }

  private void apply(long position, long timestampMillis, Batch.Pending pending) {
    KindredException reason = stopped;
    if (reason != null) {
      fail(pending, reason);
      return;
    }
    try {
      ByteBuffer payload = pending.payload().asReadOnlyBuffer().order(ByteOrder.LITTLE_ENDIAN);
      subscriber.apply(position, timestampMillis, payload, pending.attachment());
    } catch (Throwable e) {
      // Even an Error: a subscriber that missed a record must not get the next one.
      KindredException cause = stop(position, e);
      fail(pending, cause);
    }
  }

  private KindredException stop(long position, Throwable cause) {
    KindredException reason =
        new KindredException(
            ErrorCode.INTERNAL,
            "record " + position + " is stored but could not be applied; restart to apply it again",
            cause);
    LOGGER.error("log stopped: applying a record failed; restart position={}", position, cause);
    stopped = reason;
    queue.close(reason);
    return reason;
  }

  private void fail(Batch.Pending pending, KindredException cause) {
    try {
      subscriber.failed(pending.attachment(), cause);
    } catch (RuntimeException e) {
      LOGGER.error("log subscriber failed on a record that was not stored", e);
    }
  }
}
