package io.kindred.engine.log;

import io.kindred.engine.Durability;
import io.kindred.engine.KindredException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// An ordered, durable sequence of records: the truth of a store.
///
/// A record's position is its number in the log, from 1, without gaps. Records reach the
/// [Subscriber] in order, each once, on one thread, and only after they are as durable as was
/// asked.
///
/// Thread-safe.
public interface Log extends AutoCloseable {
  /// Names this log. A position means nothing without it.
  long id();

  /// The position of the oldest record still held, or of the next one where none is.
  long oldestPosition();

  /// The position of the newest record that is as durable as was asked for it, or 0.
  long committedPosition();

  long sizeBytes();

  /// Memory in use: buffers, and records on their way.
  long memoryBytes();

  /// Delivers the records from a position on, first those that the log holds, then, after this call
  /// has returned, new ones as they are committed. Called once, before the first append.
  ///
  /// @throws io.kindred.engine.KindredException `CORRUPT` where a record cannot be read, naming
  ///   file and offset, or where records from that position on are no longer held
  void start(long fromPosition, Subscriber subscriber);

  /// As [#append(List, Durability, Object)], for one record.
  default void append(ByteBuffer payload, Durability durability, Object attachment) {
    append(List.of(payload), durability, attachment);
  }

  /// Queues records, all of them or none; they are written in the order of the calls. The
  /// subscriber is handed the attachment with each record, or told for each that it failed.
  ///
  /// @param payloads the remaining bytes of each are a record; not copied, must not change until
  ///   delivered
  /// @throws io.kindred.engine.KindredException `OVERLOADED` where the queue is full, `NOT_READY`
  ///   once closed, `STORAGE_UNAVAILABLE` while the disk refuses writes
  void append(List<ByteBuffer> payloads, Durability durability, Object attachment);

  /// Returns once every record appended so far survives a loss of power. State that is derived from
  /// records must not become durable before they are: it would be ahead of its log. Not for the
  /// delivery thread, but before `start` has returned: what is replayed is durable.
  ///
  /// @throws io.kindred.engine.KindredException `STORAGE_UNAVAILABLE` while the disk refuses, and
  ///   for good where it refused as the log was closed; `NOT_READY` while it is being closed
  void sync();

  /// Why the disk refused when records were last written or synced, or null where it did not. The
  /// next record is tried all the same.
  @Nullable KindredException refusal();

  /// Reads and checks what is held, but for the newest file, which is being written. What is
  /// dropped meanwhile is left out.
  ///
  /// @param pace is told the bytes of each record that was read; it may wait, or throw to end it
  /// @throws KindredException `CORRUPT` at the first damage, naming file and offset
  void check(LongConsumer pace);

  /// Allows the log to drop records before a position. It does so in whole files.
  void truncateBefore(long position);

  /// Writes and delivers what is queued, then closes.
  @Override
  void close();

  /// Takes the log's records, on the log's delivery thread.
  interface Subscriber {
    /// Takes one record. An exception from here stops the log.
    ///
    /// @param timestampMillis the log's time of the record, never falling from record to record
    /// @param payload valid only during the call; read-only, little-endian
    /// @param attachment what was given to `append`, or null where the record is replayed from disk
    void apply(
        long position, long timestampMillis, ByteBuffer payload, @Nullable Object attachment);

    /// The record was not stored (for instance the disk refused) and never will be.
    void failed(Object attachment, RuntimeException cause);
  }
}
