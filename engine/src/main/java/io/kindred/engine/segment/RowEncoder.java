package io.kindred.engine.segment;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.Row;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Checks rows against a schema and writes them in the form that the log carries: the row image,
/// then the vectors that are present, in the order of the fields, as float32.
///
/// Owned by one thread.
public final class RowEncoder {
  /// What a row stands for.
  public enum Form {
    /// The whole row; `Value.Null` for a field means that it is absent.
    PUT,
    /// The parts to change; `Value.Null` is kept and removes the field or the metadata entry.
    UPDATE
  }

  private final Schema schema;
  private final Form form;

  public RowEncoder(Schema schema, Form form) {
    this.schema = schema;
    this.form = form;
  }

  /// Appends one row; leaves nothing in the writer where it is refused.
  ///
  /// @throws KindredException naming the value, the expectation, and the field
  public void encode(Row row, ByteWriter out) {
    int start = out.position();
    try {
      writeImage(row, out, start);
      writeVectors(row, out);
    } catch (KindredException e) {
      out.rewind(start);
      throw e;
    }
  }

  /// Appends a key: the length as int16 and the bytes, eight for a number.
  ///
  /// @throws KindredException `INVALID_KEY` where it does not fit the table
  public static void encodeKey(Key key, Schema schema, ByteWriter out) {
    int start = out.position();
    out.putShort(0);
    out.patchShort(start, putKey(key, schema, out, start));
  }

  private void writeImage(Row row, ByteWriter out, int start) {
    requireKnown(row);
    long ttlMillis = timeToLiveMillis(row.timeToLive());
    Instant eventTime = row.eventTime();
    int flags =
        (eventTime != null ? RowLayout.HAS_EVENT_TIME : 0)
            | (ttlMillis > 0 ? RowLayout.HAS_EXPIRY : 0);
    out.putInt(0);
    out.putShort(flags);
    out.putShort(0);
    out.putLong(0);
    out.putLong(eventTime == null ? 0 : micros(eventTime, "event_time"));
    out.putLong(ttlMillis);
    out.putInt(vectorBits(row));
    out.putInt(0);
    for (int i = 0; i < schema.fieldCount(); i++) {
      out.putInt(0);
    }
    int keyBytes = putKey(row.key(), schema, out, start);
    out.patchInt(start + RowLayout.FLAGS, flags | keyBytes << Short.SIZE);
    for (int i = 0; i < schema.fieldCount(); i++) {
      Value value = row.fields().get(schema.fieldName(i));
      if (value != null && (form == Form.UPDATE || value != Value.Null.NULL)) {
        out.patchInt(start + RowLayout.fieldOffset(i), out.position() - start);
        ValueCodec.write(out, schema.fieldName(i), typed(i, value));
      }
    }
    writeMetadata(row.metadata(), out, start);
    out.alignTo(RowLayout.ALIGNMENT);
    int length = out.position() - start;
    if (length > Limits.ROW_BYTES_MAX) {
      throw tooLarge("row", length, Limits.ROW_BYTES_MAX);
    }
    out.patchInt(start + RowLayout.LENGTH, length);
  }

  private void writeMetadata(Map<String, Value> metadata, ByteWriter out, int start) {
    if (metadata.isEmpty()) {
      return;
    }
    int metadataStart = out.position();
    out.patchInt(start + RowLayout.METADATA, metadataStart - start);
    ValueCodec.write(out, "metadata", new Value.Entries(metadata));
    int length = out.position() - metadataStart;
    if (length > Limits.METADATA_BYTES_MAX) {
      throw tooLarge("metadata", length, Limits.METADATA_BYTES_MAX);
    }
  }

  private void writeVectors(Row row, ByteWriter out) {
    for (int i = 0; i < schema.vectorCount(); i++) {
      float[] vector = row.vectors().get(schema.vectorName(i));
      if (vector != null) {
        requireVector(vector, schema.vectorName(i), schema.vectorSpec(i));
        out.putFloats(vector);
      }
    }
    out.alignTo(RowLayout.ALIGNMENT);
  }

  private void requireKnown(Row row) {
    row.vectors().keySet().forEach(schema::vectorIndex);
    row.fields().keySet().forEach(schema::fieldIndex);
  }

  private int vectorBits(Row row) {
    int bits = 0;
    for (int i = 0; i < schema.vectorCount(); i++) {
      if (row.vectors().get(schema.vectorName(i)) != null) {
        bits |= 1 << i;
      }
    }
    return bits;
  }

  /// Milliseconds, or 0 where there is none.
  long timeToLiveMillis(@Nullable Duration ofRow) {
    Duration ttl = ofRow != null || form == Form.UPDATE ? ofRow : schema.spec().timeToLive();
    if (ttl == null) {
      return 0;
    }
    if (ttl.compareTo(Duration.ofMillis(1)) < 0 || ttl.compareTo(Duration.ofDays(36_500)) > 0) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "ttl_seconds", ttl.toSeconds(), "1 to 3153600000");
    }
    return ttl.toMillis();
  }

  private Value typed(int field, Value value) {
    if (value == Value.Null.NULL) {
      return value;
    }
    FieldType type = schema.fieldType(field);
    return switch (type) {
      case STRING ->
          value instanceof Value.Text text ? bounded(field, text) : mismatch(field, value);
      case INT64 -> value instanceof Value.Int64 ? value : mismatch(field, value);
      case FLOAT64 ->
          switch (value) {
            case Value.Float64 number -> number;
            case Value.Int64 number -> new Value.Float64(number.value());
            default -> mismatch(field, value);
          };
      case BOOL -> value instanceof Value.Bool ? value : mismatch(field, value);
      case TIMESTAMP ->
          switch (value) {
            case Value.Timestamp timestamp -> timestamp;
            case Value.Text text -> timestamp(field, text);
            case Value.Int64(long millis) -> new Value.Timestamp(micros(millis, field));
            default -> mismatch(field, value);
          };
      case STRING_LIST ->
          value instanceof Value.Array array ? list(field, array) : mismatch(field, value);
    };
  }

  private Value bounded(int field, Value.Text text) {
    // A char takes at most three bytes, so that short texts need no counting.
    if (text.value().length() * 3L > Limits.STRING_BYTES_MAX) {
      int length = new Key.Text(text.value()).utf8().length;
      if (length > Limits.STRING_BYTES_MAX) {
        throw tooLarge(schema.fieldName(field), length, Limits.STRING_BYTES_MAX);
      }
    }
    return text;
  }

  private Value list(int field, Value.Array array) {
    if (array.items().size() > Limits.LIST_ITEMS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          schema.fieldName(field),
          array.items().size() + " items",
          "at most " + Limits.LIST_ITEMS_MAX);
    }
    for (Value item : array.items()) {
      if (!(item instanceof Value.Text text)) {
        return mismatch(field, item);
      }
      bounded(field, text);
    }
    return array;
  }

  private Value timestamp(int field, Value.Text text) {
    try {
      return new Value.Timestamp(
          micros(OffsetDateTime.parse(text.value()).toInstant(), schema.fieldName(field)));
    } catch (DateTimeException e) {
      return mismatch(field, text);
    }
  }

  private long micros(long millis, int field) {
    try {
      return Math.multiplyExact(millis, 1_000L);
    } catch (ArithmeticException e) {
      throw (KindredException)
          KindredException.of(
                  ErrorCode.INVALID_ARGUMENT,
                  schema.fieldName(field),
                  millis,
                  "milliseconds within ±290,000 years")
              .initCause(e);
    }
  }

  private Value mismatch(int field, Value value) {
    String expected =
        switch (schema.fieldType(field)) {
          case STRING -> "a string";
          case INT64 -> "an integer of 64 bits";
          case FLOAT64 -> "a number";
          case BOOL -> "true or false";
          case TIMESTAMP -> "RFC 3339 such as \"2026-01-01T00:00:00Z\", or milliseconds";
          case STRING_LIST -> "a list of strings";
        };
    throw KindredException.of(
        ErrorCode.TYPE_MISMATCH, schema.fieldName(field), describe(value), expected);
  }

  private static String describe(Value value) {
    return switch (value) {
      case Value.Null _ -> "null";
      case Value.Bool(boolean bool) -> String.valueOf(bool);
      case Value.Int64(long number) -> String.valueOf(number);
      case Value.Float64(double number) -> String.valueOf(number);
      case Value.Text(String text) ->
          '"' + (text.length() > 40 ? text.substring(0, 40) + "…" : text) + '"';
      case Value.Timestamp(long epochMicros) -> "timestamp " + epochMicros;
      case Value.Array(var items) -> "a list of " + items.size();
      case Value.Entries _ -> "an object";
    };
  }

  static long micros(Instant instant, String what) {
    try {
      return ChronoUnit.MICROS.between(Instant.EPOCH, instant);
    } catch (ArithmeticException e) {
      throw (KindredException)
          KindredException.of(ErrorCode.INVALID_ARGUMENT, what, instant, "a year within ±290,000")
              .initCause(e);
    }
  }

  /// Writes the key's bytes; `start` is where an error takes the writer back to.
  static int putKey(Key key, Schema schema, ByteWriter out, int start) {
    Schema.requireKeyType(schema.spec(), key);
    return switch (key) {
      case Key.Uint64(long value) -> {
        out.putLong(value);
        yield Long.BYTES;
      }
      case Key.Text(String value) -> {
        if (value.isEmpty() || value.length() > Limits.KEY_BYTES_MAX) {
          throw invalidKey(value);
        }
        int length = out.putUtf8(value);
        if (length > Limits.KEY_BYTES_MAX) {
          out.rewind(start);
          throw invalidKey(value);
        }
        yield length;
      }
    };
  }

  static KindredException invalidKey(String value) {
    String shown = value.length() > 40 ? value.substring(0, 40) + "…" : value;
    return KindredException.of(
        ErrorCode.INVALID_KEY,
        "id",
        "\"" + shown + "\"",
        "1 to " + Limits.KEY_BYTES_MAX + " bytes of UTF-8");
  }

  /// Checks a vector's length and numbers.
  ///
  /// @throws KindredException `DIMENSION_MISMATCH` or `INVALID_VECTOR`
  public static void requireVector(float[] vector, String field, VectorSpec spec) {
    if (vector.length != spec.dimension()) {
      throw new KindredException(
          ErrorCode.DIMENSION_MISMATCH,
          "dimension: "
              + vector.length
              + " (expected: "
              + spec.dimension()
              + ", field: "
              + field
              + ")");
    }
    double squares = 0;
    for (int i = 0; i < vector.length; i++) {
      float component = vector[i];
      if (!Float.isFinite(component)) {
        throw KindredException.of(
            ErrorCode.INVALID_VECTOR, field + "[" + i + "]", component, "a finite number");
      }
      squares += (double) component * component;
    }
    if (squares > Float.MAX_VALUE) {
      throw KindredException.of(
          ErrorCode.INVALID_VECTOR,
          field,
          "squared length " + squares,
          "at most " + Float.MAX_VALUE + ", so that distances are finite");
    }
    if (spec.metric() == Metric.COSINE && squares < Float.MIN_NORMAL) {
      throw KindredException.of(
          ErrorCode.INVALID_VECTOR, field, "a zero vector", "a direction, under the metric cosine");
    }
  }

  private static KindredException tooLarge(String what, int bytes, int bytesMax) {
    return KindredException.of(ErrorCode.TOO_LARGE, what, bytes + " bytes", "at most " + bytesMax);
  }
}
