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
  private final int count;
  private long next;
  private int index;
  private boolean hasExpectedVersion;
  private long expectedVersion;

  public ChangeReader(ByteBuffer payload) {
    this.record = MemorySegment.ofBuffer(payload);
    this.count = record.get(ValueLayout.JAVA_INT_UNALIGNED, ChangeLayout.COUNT);
    this.next = aligned(ChangeLayout.OPERATION + (long) operationBytes());
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

  public @Nullable String operationId() {
    int length = operationBytes();
    return length == 0
        ? null
        : new String(bytes(ChangeLayout.OPERATION, length), StandardCharsets.UTF_8);
  }

  /// Moves to the next row of a put or an update.
  public void nextRow(RowCursor cursor, Schema schema) {
    index = record.get(ValueLayout.JAVA_INT_UNALIGNED, next + ChangeLayout.ENTRY_INDEX);
    hasExpectedVersion =
        record.get(ValueLayout.JAVA_INT_UNALIGNED, next + ChangeLayout.ENTRY_CONDITION) != 0;
    expectedVersion =
        record.get(ValueLayout.JAVA_LONG_UNALIGNED, next + ChangeLayout.ENTRY_EXPECTED_VERSION);
    long image = next + ChangeLayout.ENTRY_ROW;
    cursor.moveTo(record, image);
    next = image + cursor.lengthBytes() + vectorBytes(cursor, schema);
  }

  /// Moves to the next key of a delete.
  public StoredKey nextKey(Schema schema) {
    index = record.get(ValueLayout.JAVA_INT_UNALIGNED, next);
    int length = record.get(ValueLayout.JAVA_SHORT_UNALIGNED, next + Integer.BYTES);
    long start = next + Integer.BYTES + Short.BYTES;
    next = aligned(start + length);
    return switch (schema.keyType()) {
      case UINT64 -> new StoredKey(record.get(ValueLayout.JAVA_LONG_UNALIGNED, start), null);
      case STRING -> {
        byte[] utf8 = bytes(start, length);
        yield new StoredKey(KeyHash.of(utf8), utf8);
      }
    };
  }

  /// A key as key tables look it up.
  public record StoredKey(long slotKey, byte @Nullable [] utf8) {}

  /// The key of the row at the cursor.
  public static StoredKey keyOf(RowCursor cursor) {
    byte[] utf8 = cursor.textKey();
    return new StoredKey(cursor.slotKey(utf8), utf8);
  }

  /// The filter of a delete by filter.
  public Value filter() {
    return ValueCodec.read(record, next);
  }

  /// The current entry's place in the caller's batch.
  public int index() {
    return index;
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

  private int operationBytes() {
    return record.get(ValueLayout.JAVA_SHORT_UNALIGNED, ChangeLayout.OPERATION_BYTES);
  }

  private byte[] bytes(long offset, int length) {
    return record.asSlice(offset, length).toArray(ValueLayout.JAVA_BYTE);
  }

  private static long aligned(long offset) {
    return (offset + Long.BYTES - 1) & -Long.BYTES;
  }
}
