package io.kindred.engine.log;

import io.kindred.engine.Durability;
import io.kindred.engine.KindredException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Records that are written, and perhaps synced, together. Owned by the writer thread, then by the
/// delivery thread.
final class Batch {
  /// What waits in the queue.
  sealed interface Entry {}

  /// A record that is to be written. Immutable but for its payload.
  record Pending(ByteBuffer payload, Durability durability, Object attachment) implements Entry {
    int frameBytes() {
      return LogLayout.frameBytes(payload.remaining());
    }
  }

  /// Asks that everything before it be synced; answered on the writer thread.
  record Barrier(CompletableFuture<Void> reached) implements Entry {}

  private final List<Pending> records;
  private final List<Barrier> barriers;
  private final long frameBytes;
  private final boolean isSynced;

  private long firstPosition;
  private long timestampMillis;
  private @Nullable KindredException failure;

  Batch(List<Pending> records, List<Barrier> barriers) {
    this.records = records;
    this.barriers = barriers;
    long bytes = 0;
    boolean synced = !barriers.isEmpty();
    for (Pending pending : records) {
      bytes += pending.frameBytes();
      synced |= pending.durability() == Durability.SYNCED;
    }
    this.frameBytes = bytes;
    this.isSynced = synced;
  }

  List<Pending> records() {
    return records;
  }

  List<Barrier> barriers() {
    return barriers;
  }

  long frameBytes() {
    return frameBytes;
  }

  /// Whether someone waits for the device.
  boolean isSynced() {
    return isSynced;
  }

  void place(long first, long timestamp) {
    firstPosition = first;
    timestampMillis = timestamp;
  }

  long firstPosition() {
    return firstPosition;
  }

  long timestampMillis() {
    return timestampMillis;
  }

  void fail(KindredException cause) {
    failure = cause;
  }

  /// Why the records were not stored; null where they were.
  @Nullable KindredException failure() {
    return failure;
  }
}
