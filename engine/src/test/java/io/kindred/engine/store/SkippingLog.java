package io.kindred.engine.store;

import io.kindred.engine.Durability;
import io.kindred.engine.KindredException;
import io.kindred.engine.log.Log;
import io.kindred.engine.segment.ChangeWriter;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// A canary: a log whose replay leaves one record of rows out, from the middle of what it replays.
final class SkippingLog implements Log {
  private final Log log;

  SkippingLog(Log log) {
    this.log = log;
  }

  @Override
  public void start(long fromPosition, Subscriber subscriber) {
    long middle = fromPosition + (log.committedPosition() - fromPosition) / 2;
    AtomicBoolean isToSkip = new AtomicBoolean(true);
    log.start(
        fromPosition,
        new Subscriber() {
          @Override
          public void apply(
              long position,
              long timestampMillis,
              ByteBuffer payload,
              @Nullable Object attachment) {
            boolean isSkipped =
                position >= middle
                    && payload.get(0) == ChangeWriter.RECORD_KIND
                    && isToSkip.compareAndSet(true, false);
            if (!isSkipped) {
              subscriber.apply(position, timestampMillis, payload, attachment);
            }
          }

          @Override
          public void failed(Object attachment, RuntimeException cause) {
            subscriber.failed(attachment, cause);
          }
        });
    isToSkip.set(false);
  }

  @Override
  public long id() {
    return log.id();
  }

  @Override
  public long oldestPosition() {
    return log.oldestPosition();
  }

  @Override
  public long committedPosition() {
    return log.committedPosition();
  }

  @Override
  public long sizeBytes() {
    return log.sizeBytes();
  }

  @Override
  public long memoryBytes() {
    return log.memoryBytes();
  }

  @Override
  public void append(List<ByteBuffer> payloads, Durability durability, Object attachment) {
    log.append(payloads, durability, attachment);
  }

  @Override
  public void sync() {
    log.sync();
  }

  @Override
  public @Nullable KindredException refusal() {
    return log.refusal();
  }

  @Override
  public void check(LongConsumer pace) {
    log.check(pace);
  }

  @Override
  public void truncateBefore(long position) {
    log.truncateBefore(position);
  }

  @Override
  public void close() {
    log.close();
  }
}
