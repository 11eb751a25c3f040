package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Value;
import io.kindred.engine.segment.ChangeReader.StoredKey;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// A row in the making: what an update or merges make of a stored row, or of none. It can be taken
/// back to a mark. Owned by the applying thread; made to be reused from row to row.
public final class RowDraft {
  private final Schema schema;
  private final ByteWriter out = new ByteWriter("row", Limits.ROW_BYTES_MAX + 64);
  private final ByteWriter number = new ByteWriter("field", 16);
  private StoredKey key = new StoredKey(0, null);
  private Delta.@Nullable StoredAt stored;
  private Content content;
  private Content marked;
  private boolean isEncoded;

  /// What the row holds. Arrays and values within are replaced, never changed.
  private static final class Content {
    /// Encoded, by the number of the field.
    private final Map<Integer, byte[]> fields;

    /// Those that changed, by the number of the field.
    private final Map<Integer, float[]> vectors;

    private final Map<String, Value> metadata;
    private int vectorBits;
    private boolean hasEventTime;
    private long eventTimeMicros;
    private long expiryMillis = Long.MAX_VALUE;

    Content() {
      fields = new HashMap<>();
      vectors = new HashMap<>();
      metadata = new LinkedHashMap<>();
    }

    Content(Content other) {
      fields = new HashMap<>(other.fields);
      vectors = new HashMap<>(other.vectors);
      metadata = new LinkedHashMap<>(other.metadata);
      vectorBits = other.vectorBits;
      hasEventTime = other.hasEventTime;
      eventTimeMicros = other.eventTimeMicros;
      expiryMillis = other.expiryMillis;
    }
  }

  public RowDraft(Schema schema) {
    this.schema = schema;
    this.content = new Content();
    this.marked = content;
  }

  /// Begins with nothing.
  public void begin(StoredKey keyOfRow) {
    key = keyOfRow;
    stored = null;
    content = new Content();
    isEncoded = false;
  }

  /// Begins with a stored row.
  ///
  /// @param at where the row is
  /// @param row a cursor that may be moved to it
  public void begin(StoredKey keyOfRow, Delta.StoredAt at, RowCursor row) {
    begin(keyOfRow);
    stored = at;
    at.rows().read(at.ordinal(), row);
    for (int field = 0; field < schema.fieldCount(); field++) {
      long value = row.field(field);
      if (value != RowCursor.ABSENT) {
        content.fields.put(field, bytes(row, value));
      }
    }
    content.metadata.putAll(row.metadataEntries());
    content.vectorBits = row.vectorBits();
    content.hasEventTime = row.hasEventTime();
    content.eventTimeMicros = row.eventTimeMicros();
    content.expiryMillis = at.rows().expiryMillis(at.ordinal());
  }

  /// Remembers the row as it is.
  public void mark() {
    marked = new Content(content);
  }

  /// Takes the row back to the mark.
  public void reset() {
    content = marked;
    isEncoded = false;
  }

  /// Changes what an update names.
  ///
  /// @param update in the form `UPDATE`, its vectors behind it
  public void assign(RowCursor update) {
    isEncoded = false;
    if (update.hasEventTime()) {
      content.hasEventTime = true;
      content.eventTimeMicros = update.eventTimeMicros();
    }
    for (int field = 0; field < schema.fieldCount(); field++) {
      long value = update.field(field);
      if (value != RowCursor.ABSENT && update.kind(value) == RowCursor.Kind.NULL) {
        content.fields.remove(field);
      } else if (value != RowCursor.ABSENT) {
        content.fields.put(field, bytes(update, value));
      }
    }
    for (Map.Entry<String, Value> change : update.metadataEntries().entrySet()) {
      setMetadata(change.getKey(), change.getValue());
    }
    long vector = update.imageOffset() + update.lengthBytes();
    for (int field = 0; field < schema.vectorCount(); field++) {
      if (update.hasVector(field)) {
        long bytes = schema.vectorSpec(field).sizeBytes();
        setVector(
            field,
            update.segment().asSlice(vector, bytes).toArray(ValueLayout.JAVA_FLOAT_UNALIGNED));
        vector += bytes;
      }
    }
  }

  private static byte[] bytes(RowCursor source, long value) {
    long length = ValueCodec.skip(source.segment(), value) - value;
    return source.segment().asSlice(value, length).toArray(ValueLayout.JAVA_BYTE);
  }

  boolean isLaterThan(long micros) {
    return content.hasEventTime && content.eventTimeMicros > micros;
  }

  /// Milliseconds since 1970, or `Long.MAX_VALUE`.
  public long expiryMillis() {
    return content.expiryMillis;
  }

  public void setExpiryMillis(long expiryMillis) {
    content.expiryMillis = expiryMillis;
  }

  @Nullable Value metadata(String name) {
    return content.metadata.get(name);
  }

  /// @param value `Value.Null` removes the entry
  void setMetadata(String name, Value value) {
    isEncoded = false;
    if (value == Value.Null.NULL) {
      content.metadata.remove(name);
    } else {
      content.metadata.put(name, value);
    }
  }

  void setField(int field, long value) {
    isEncoded = false;
    number.reset();
    ValueCodec.write(number, schema.fieldName(field), Value.of(value));
    content.fields.put(field, number.toByteArray());
  }

  /// The vector of a field, or null.
  float @Nullable [] vector(int field) {
    float[] changed = changedVector(field);
    if (changed != null || !hasVector(field) || stored == null) {
      return changed;
    }
    return stored.rows().vectors(field).vector(stored.ordinal());
  }

  /// @param vector null removes it
  void setVector(int field, float @Nullable [] vector) {
    isEncoded = false;
    int bit = 1 << field;
    if (vector == null) {
      content.vectors.remove(field);
      content.vectorBits &= ~bit;
    } else {
      content.vectors.put(field, vector);
      content.vectorBits |= bit;
    }
  }

  int vectorBits() {
    return content.vectorBits;
  }

  boolean hasVector(int field) {
    return (content.vectorBits & 1 << field) != 0;
  }

  /// The vector that the stored row does not have, or null where it is the stored row's.
  float @Nullable [] changedVector(int field) {
    return content.vectors.get(field);
  }

  /// Where vectors that did not change are, or null where there was no row.
  Delta.@Nullable StoredAt stored() {
    return stored;
  }

  /// The row's image, without vectors; valid until the draft is changed.
  ///
  /// @throws KindredException `TOO_LARGE` where it exceeds a row's or the metadata's limit
  public MemorySegment image() {
    if (!isEncoded) {
      encode();
      isEncoded = true;
    }
    return MemorySegment.ofBuffer(out.asBuffer());
  }

  /// @throws KindredException `TOO_LARGE` where the row exceeds a limit
  public void requireSize() {
    var _ = image();
  }

  private void encode() {
    out.reset();
    int keyBytes = key.utf8() == null ? Long.BYTES : key.utf8().length;
    int flags = content.hasEventTime ? RowLayout.HAS_EVENT_TIME : 0;
    out.putInt(0);
    out.putInt(flags | keyBytes << Short.SIZE);
    out.putLong(0);
    out.putLong(content.eventTimeMicros);
    out.putLong(0);
    out.putInt(content.vectorBits);
    out.putInt(0);
    for (int i = 0; i < schema.fieldCount(); i++) {
      out.putInt(0);
    }
    if (key.utf8() == null) {
      out.putLong(key.slotKey());
    } else {
      out.putBytes(key.utf8());
    }
    for (int field = 0; field < schema.fieldCount(); field++) {
      byte[] value = content.fields.get(field);
      if (value != null) {
        out.patchInt(RowLayout.fieldOffset(field), out.position());
        out.putBytes(value);
      }
    }
    encodeMetadata();
    out.alignTo(RowLayout.ALIGNMENT);
    if (out.position() > Limits.ROW_BYTES_MAX) {
      throw tooLarge("row", out.position(), Limits.ROW_BYTES_MAX);
    }
    out.patchInt(RowLayout.LENGTH, out.position());
  }

  private void encodeMetadata() {
    if (content.metadata.isEmpty()) {
      return;
    }
    int start = out.position();
    out.patchInt(RowLayout.METADATA, start);
    ValueCodec.write(out, "metadata", new Value.Entries(content.metadata));
    if (out.position() - start > Limits.METADATA_BYTES_MAX) {
      throw tooLarge("metadata", out.position() - start, Limits.METADATA_BYTES_MAX);
    }
  }

  private static KindredException tooLarge(String what, int bytes, int bytesMax) {
    return KindredException.of(ErrorCode.TOO_LARGE, what, bytes + " bytes", "at most " + bytesMax);
  }
}
