package io.kindred.engine.segment;

import io.kindred.engine.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/// Reads the log record of a change of one shard's rows, entry by entry. Owned by one thread.
public final class ChangeReader {
  private final MemorySegment record;
  private final boolean isOfEvents;
  private final int count;
  private long next;
  private int index;
  private long offset;
  private boolean hasExpectedVersion;
  private long expectedVersion;

  public ChangeReader(ByteBuffer payload) {
    this.record = MemorySegment.ofBuffer(payload);
    this.isOfEvents =
        record.get(ValueLayout.JAVA_BYTE, ChangeLayout.RECORD_KIND)
            == ChangeWriter.EVENTS_RECORD_KIND;
    this.count = record.get(ValueLayout.JAVA_INT_UNALIGNED, ChangeLayout.COUNT);
    this.next = originEnd() + (isOfEvents ? ChangeLayout.PARTITION_BYTES : 0);
  }

  public ChangeKind kind() {
    return ChangeKind.of(record.get(ValueLayout.JAVA_BYTE, ChangeLayout.CHANGE_KIND));
  }

  public ChangeWriter.Address address() {
    return new ChangeWriter.Address(
        record.get(ValueLayout.JAVA_LONG_UNALIGNED, ChangeLayout.TABLE),
        record.get(ValueLayout.JAVA_INT_UNALIGNED, ChangeLayout.VERSION),
        record.get(ValueLayout.JAVA_SHORT_UNALIGNED, ChangeLayout.SHARD));
  }

  public int count() {
    return count;
  }

  /// The operation that the change is, or null.
  public @Nullable String operationId() {
    return isOfEvents || originBytes() == 0 ? null : originName();
  }

  /// One partition of a source of events. Immutable.
  public record Source(String name, int partition) {}

  /// Where the change's events come from, or null where it is not of events.
  public @Nullable Source source() {
    return isOfEvents
        ? new Source(originName(), record.get(ValueLayout.JAVA_INT_UNALIGNED, originEnd()))
        : null;
  }

  /// Moves to the next row of a put or an update.
  public void nextRow(RowCursor cursor, Schema schema) {
    nextOffset();
    index = record.get(ValueLayout.JAVA_INT_UNALIGNED, next + ChangeLayout.ENTRY_INDEX);
    hasExpectedVersion =
        record.get(ValueLayout.JAVA_INT_UNALIGNED, next + ChangeLayout.ENTRY_CONDITION) != 0;
    expectedVersion =
        record.get(ValueLayout.JAVA_LONG_UNALIGNED, next + ChangeLayout.ENTRY_EXPECTED_VERSION);
    long image = next + ChangeLayout.ENTRY_ROW;
    cursor.moveTo(record, image);
    next = image + cursor.lengthBytes() + vectorBytes(cursor, schema);
  }

  /// Moves to the next row of a merge.
  public MergeReader nextMerge(Schema schema) {
    nextOffset();
    MergeReader merge = new MergeReader(record, next, schema);
    index = merge.index();
    next += merge.lengthBytes();
    return merge;
  }

  /// Moves to the next key of a delete.
  public StoredKey nextKey(Schema schema) {
    nextOffset();
    index = record.get(ValueLayout.JAVA_INT_UNALIGNED, next);
    int length = record.get(ValueLayout.JAVA_SHORT_UNALIGNED, next + Integer.BYTES);
    long start = next + Integer.BYTES + Short.BYTES;
    next = aligned(start + length);
    return StoredKey.read(record, start, length, schema);
  }

  /// A key as key tables look it up.
  public record StoredKey(long slotKey, byte @Nullable [] utf8) {
    static StoredKey read(MemorySegment record, long start, int length, Schema schema) {
      return switch (schema.keyType()) {
        case UINT64 -> new StoredKey(record.get(ValueLayout.JAVA_LONG_UNALIGNED, start), null);
        case STRING -> {
          byte[] utf8 = record.asSlice(start, length).toArray(ValueLayout.JAVA_BYTE);
          yield new StoredKey(KeyHash.of(utf8), utf8);
        }
      };
    }
  }

  /// The key of the row at the cursor.
  public static StoredKey keyOf(RowCursor cursor) {
    byte[] utf8 = cursor.textKey();
    return new StoredKey(cursor.slotKey(utf8), utf8);
  }

  /// Moves to the filter of a delete by filter.
  public Value nextFilter() {
    nextOffset();
    return ValueCodec.read(record, next);
  }

  private void nextOffset() {
    if (isOfEvents) {
      offset = record.get(ValueLayout.JAVA_LONG_UNALIGNED, next);
      next += Long.BYTES;
    }
  }

  /// The current entry's place in the caller's batch.
  public int index() {
    return index;
  }

  /// The offset of the current entry's event; 0 where the change is not of events.
  public long offset() {
    return offset;
  }

  public boolean hasExpectedVersion() {
    return hasExpectedVersion;
  }

  public long expectedVersion() {
    return expectedVersion;
  }

  private static long vectorBytes(RowCursor cursor, Schema schema) {
    long bytes = 0;
    for (int field = 0; field < schema.vectorCount(); field++) {
      if (cursor.hasVector(field)) {
        bytes += schema.vectorSpec(field).sizeBytes();
      }
    }
    return aligned(bytes);
  }

  private int originBytes() {
    return record.get(ValueLayout.JAVA_SHORT_UNALIGNED, ChangeLayout.ORIGIN_BYTES);
  }

  private String originName() {
    byte[] utf8 = record.asSlice(ChangeLayout.ORIGIN, originBytes()).toArray(ValueLayout.JAVA_BYTE);
    return new String(utf8, StandardCharsets.UTF_8);
  }

  private long originEnd() {
    return aligned(ChangeLayout.ORIGIN + (long) originBytes());
  }

  static long aligned(long offset) {
    return (offset + Long.BYTES - 1) & -Long.BYTES;
  }
}
