package io.kindred.engine.segment;

import io.kindred.engine.FieldType;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/// Says what is wrong with a row image, whatever its bytes are. Owned by one thread.
final class RowVerifier {
  private static final int FLAGS_KNOWN = RowLayout.HAS_EVENT_TIME | RowLayout.HAS_EXPIRY;

  private final Schema schema;
  private final long positionMax;
  private final RowCursor cursor;
  private int lengthBytes;

  /// @param positionMax no row has a later version
  RowVerifier(Schema schema, long positionMax) {
    this.schema = schema;
    this.positionMax = positionMax;
    this.cursor = new RowCursor(schema);
  }

  /// Length of the image that was last found to be well-formed.
  int lengthBytes() {
    return lengthBytes;
  }

  /// What is wrong with the image at an offset, or null.
  @Nullable String problem(MemorySegment rows, long offset) {
    int keyOffset = RowLayout.keyOffset(schema.fieldCount());
    if (offset < 0 || rows.byteSize() - offset < keyOffset) {
      return "image at " + offset + " behind the end";
    }
    int length = rows.get(ValueLayout.JAVA_INT_UNALIGNED, offset + RowLayout.LENGTH);
    if (length % RowLayout.ALIGNMENT != 0
        || length <= keyOffset
        || length > Limits.ROW_BYTES_MAX
        || length > rows.byteSize() - offset) {
      return "image of " + length + " bytes at " + offset;
    }
    lengthBytes = length;
    cursor.moveTo(rows.asSlice(offset, length), 0);
    try {
      String problem = headProblem();
      return problem != null ? problem : contentProblem(keyOffset + (long) cursor.keyBytes());
    } catch (KindredException | IndexOutOfBoundsException e) {
      return "image at " + offset + ": " + e.getMessage();
    }
  }

  private @Nullable String headProblem() {
    if ((cursor.flags() & ~FLAGS_KNOWN) != 0) {
      return "flags " + cursor.flags();
    }
    if (cursor.version() < 1 || cursor.version() > positionMax) {
      return "version " + cursor.version() + " (expected: 1 to " + positionMax + ")";
    }
    if (cursor.hasExpiry() && cursor.expiryMillis() == Long.MAX_VALUE) {
      return "an expiry that is none";
    }
    if (cursor.vectorBits() >>> schema.vectorCount() != 0) {
      return "vector bits " + Integer.toHexString(cursor.vectorBits());
    }
    int keyBytes = cursor.keyBytes();
    boolean fits =
        schema.keyType() == KeyType.UINT64
            ? keyBytes == Long.BYTES
            : keyBytes >= 1 && keyBytes <= Limits.KEY_BYTES_MAX;
    return fits ? null : "key of " + keyBytes + " bytes";
  }

  /// Values stand one behind the other, behind the key, in the order of the fields.
  private @Nullable String contentProblem(long from) {
    long at = from;
    byte[] key = cursor.textKey();
    if (key != null
        && !Arrays.equals(key, cursor.key().toString().getBytes(StandardCharsets.UTF_8))) {
      return "key that is no UTF-8";
    }
    for (int field = 0; field < schema.fieldCount(); field++) {
      long value = cursor.field(field);
      if (value == RowCursor.ABSENT) {
        continue;
      }
      if (value != at || !hasType(ValueCodec.read(cursor.segment(), value), field)) {
        return "field " + schema.fieldName(field) + " at " + value;
      }
      at = ValueCodec.skip(cursor.segment(), value);
    }
    long metadata = cursor.metadata();
    if (metadata != RowCursor.ABSENT) {
      if (metadata != at
          || !(ValueCodec.read(cursor.segment(), metadata) instanceof Value.Entries)) {
        return "metadata at " + metadata;
      }
      at = ValueCodec.skip(cursor.segment(), metadata);
    }
    return lengthBytes - at < RowLayout.ALIGNMENT
        ? null
        : "image of " + lengthBytes + " bytes with content up to " + at;
  }

  private boolean hasType(Value value, int field) {
    FieldType type = schema.fieldType(field);
    return switch (type) {
      case STRING -> value instanceof Value.Text;
      case INT64 -> value instanceof Value.Int64;
      case FLOAT64 -> value instanceof Value.Float64;
      case BOOL -> value instanceof Value.Bool;
      case TIMESTAMP -> value instanceof Value.Timestamp;
      case STRING_LIST ->
          value instanceof Value.Array array
              && array.items().stream().allMatch(Value.Text.class::isInstance);
    };
  }
}
