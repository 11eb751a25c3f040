package io.kindred.engine.segment;

import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Value;
import io.kindred.engine.filter.RowFields;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Reads row images in place; made to be moved from row to row. Owned by one thread.
public final class RowCursor implements RowFields {
  private final Schema schema;
  private final ValueCursor values = new ValueCursor(MemorySegment.NULL);
  private MemorySegment segment = MemorySegment.NULL;
  private long image;

  public RowCursor(Schema schema) {
    this.schema = schema;
  }

  public Schema schema() {
    return schema;
  }

  void moveTo(MemorySegment rows, long offset) {
    segment = rows;
    values.over(rows);
    image = offset;
  }

  void moveTo(RowImages images, int ordinal) {
    moveTo(images.rows(), images.offset(ordinal));
  }

  MemorySegment segment() {
    return segment;
  }

  long imageOffset() {
    return image;
  }

  int lengthBytes() {
    return segment.get(ValueLayout.JAVA_INT_UNALIGNED, image + RowLayout.LENGTH);
  }

  int flags() {
    return segment.get(ValueLayout.JAVA_BYTE, image + RowLayout.FLAGS);
  }

  public long version() {
    return segment.get(ValueLayout.JAVA_LONG_UNALIGNED, image + RowLayout.VERSION);
  }

  public boolean hasEventTime() {
    return (flags() & RowLayout.HAS_EVENT_TIME) != 0;
  }

  public long eventTimeMicros() {
    return segment.get(ValueLayout.JAVA_LONG_UNALIGNED, image + RowLayout.EVENT_TIME);
  }

  public boolean hasExpiry() {
    return (flags() & RowLayout.HAS_EXPIRY) != 0;
  }

  /// The expiry, milliseconds since 1970; in an image from the log the time to live.
  public long expiryMillis() {
    return segment.get(ValueLayout.JAVA_LONG_UNALIGNED, image + RowLayout.EXPIRY);
  }

  public boolean isExpiredAt(long nowMillis) {
    return hasExpiry() && expiryMillis() <= nowMillis;
  }

  int vectorBits() {
    return segment.get(ValueLayout.JAVA_INT_UNALIGNED, image + RowLayout.VECTORS);
  }

  public boolean hasVector(int field) {
    return (vectorBits() & (1 << field)) != 0;
  }

  int keyBytes() {
    return segment.get(ValueLayout.JAVA_SHORT_UNALIGNED, image + RowLayout.KEY_BYTES);
  }

  long keyStart() {
    return image + RowLayout.keyOffset(schema.fieldCount());
  }

  public Key key() {
    return schema.keyType() == KeyType.UINT64
        ? new Key.Uint64(segment.get(ValueLayout.JAVA_LONG_UNALIGNED, keyStart()))
        : new Key.Text(new String(keyUtf8(), StandardCharsets.UTF_8));
  }

  private byte[] keyUtf8() {
    byte[] utf8 = new byte[keyBytes()];
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, keyStart(), utf8, 0, utf8.length);
    return utf8;
  }

  /// The bytes of a text key, or null where keys are numbers.
  byte @Nullable [] textKey() {
    return schema.keyType() == KeyType.STRING ? keyUtf8() : null;
  }

  long slotKey(byte @Nullable [] textKey) {
    return textKey == null
        ? segment.get(ValueLayout.JAVA_LONG_UNALIGNED, keyStart())
        : KeyHash.of(textKey);
  }

  /// xxHash64 of a text key's UTF-8, or of a number's eight bytes, little-endian.
  public long keyHash() {
    return schema.keyType() == KeyType.STRING
        ? XxHash64.of(segment, keyStart(), keyBytes())
        : XxHash64.of(segment.get(ValueLayout.JAVA_LONG_UNALIGNED, keyStart()));
  }

  /// Orders by key: numbers unsigned, texts by their bytes.
  int compareKey(RowCursor other) {
    if (schema.keyType() == KeyType.UINT64) {
      return Long.compareUnsigned(slotKey(null), other.slotKey(null));
    }
    long mismatch =
        MemorySegment.mismatch(
            segment,
            keyStart(),
            keyStart() + keyBytes(),
            other.segment,
            other.keyStart(),
            other.keyStart() + other.keyBytes());
    if (mismatch < 0) {
      return 0;
    }
    if (mismatch >= Math.min(keyBytes(), other.keyBytes())) {
      return Integer.compare(keyBytes(), other.keyBytes());
    }
    return Byte.compareUnsigned(
        segment.get(ValueLayout.JAVA_BYTE, keyStart() + mismatch),
        other.segment.get(ValueLayout.JAVA_BYTE, other.keyStart() + mismatch));
  }

  /// Declared fields that have a value, by name.
  public Map<String, Value> fields() {
    Map<String, Value> result = HashMap.newHashMap(schema.fieldCount());
    for (int i = 0; i < schema.fieldCount(); i++) {
      long address = field(i);
      if (address != ABSENT) {
        result.put(schema.fieldName(i), ValueCodec.read(segment, address));
      }
    }
    return result;
  }

  /// Metadata entries; empty where there are none.
  public Map<String, Value> metadataEntries() {
    long address = metadata();
    return address == ABSENT
        ? new LinkedHashMap<>()
        : ((Value.Entries) ValueCodec.read(segment, address)).values();
  }

  public @Nullable Instant eventTime() {
    return hasEventTime() ? Instant.EPOCH.plus(eventTimeMicros(), ChronoUnit.MICROS) : null;
  }

  public @Nullable Instant expiry() {
    return hasExpiry() ? Instant.ofEpochMilli(expiryMillis()) : null;
  }

  @Override
  public long field(int index) {
    int offset = segment.get(ValueLayout.JAVA_INT_UNALIGNED, image + RowLayout.fieldOffset(index));
    return offset == 0 ? ABSENT : image + offset;
  }

  @Override
  public long metadata() {
    int offset = segment.get(ValueLayout.JAVA_INT_UNALIGNED, image + RowLayout.METADATA);
    return offset == 0 ? ABSENT : image + offset;
  }

  @Override
  public long entry(long object, byte[] name) {
    return values.entry(object, name);
  }

  @Override
  public Kind kind(long value) {
    return values.kind(value);
  }

  @Override
  public boolean bool(long value) {
    return values.bool(value);
  }

  @Override
  public long int64(long value) {
    return values.int64(value);
  }

  @Override
  public double float64(long value) {
    return values.float64(value);
  }

  @Override
  public int compareText(long value, byte[] utf8) {
    return values.compareText(value, utf8);
  }

  @Override
  public boolean equalsText(long value, byte[] utf8) {
    return values.equalsText(value, utf8);
  }

  int textLength(long value) {
    return values.textLength(value);
  }

  long textStart(long value) {
    return values.textStart(value);
  }

  /// xxHash64 of a text field that has a value.
  long textHash(int index) {
    long value = field(index);
    return XxHash64.of(segment, textStart(value), textLength(value));
  }

  /// The bytes of a text field that has a value.
  byte[] textField(int index) {
    long value = field(index);
    byte[] utf8 = new byte[textLength(value)];
    MemorySegment.copy(segment, ValueLayout.JAVA_BYTE, textStart(value), utf8, 0, utf8.length);
    return utf8;
  }

  /// Whether both rows have the same text in a field, in which both have one.
  boolean hasSameText(int index, RowCursor other) {
    long value = field(index);
    long otherValue = other.field(index);
    return textLength(value) == other.textLength(otherValue)
        && MemorySegment.mismatch(
                segment,
                textStart(value),
                textStart(value) + textLength(value),
                other.segment,
                other.textStart(otherValue),
                other.textStart(otherValue) + textLength(value))
            < 0;
  }

  @Override
  public int itemCount(long array) {
    return values.itemCount(array);
  }

  @Override
  public long firstItem(long array) {
    return values.firstItem(array);
  }

  @Override
  public long nextItem(long item) {
    return values.nextItem(item);
  }
}
