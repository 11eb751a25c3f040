package io.kindred.server.grpc;

import com.google.protobuf.ByteString;
import com.google.protobuf.NullValue;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.protocol.v1.Error;
import io.kindred.protocol.v1.Include;
import io.kindred.protocol.v1.RejectedRow;
import io.kindred.protocol.v1.Row;
import io.kindred.protocol.v1.StringList;
import io.kindred.protocol.v1.WriteResponse;
import io.kindred.server.json.Json;
import io.kindred.server.json.Timestamps;
import io.kindred.server.json.ValueJson;
import io.kindred.server.rows.DeclaredFields;
import io.kindred.server.rows.RowBatch;
import io.kindred.server.rows.WriteOutcome;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Rows and the outcome of writes in protobuf.
final class ProtoRows {
  private ProtoRows() {}

  /// Reads rows; one that is not as the table wants it is rejected, and the next one read.
  static RowBatch readAll(List<Row> rows, TableSpec table) {
    RowBatch batch = new RowBatch();
    for (Row row : rows) {
      batch.requireRoom();
      Key key = null;
      try {
        key = ProtoKeys.read(row.getId(), table.key());
        batch.add(read(row, key, table));
      } catch (KindredException e) {
        batch.reject(key, e);
      }
    }
    return batch;
  }

  private static io.kindred.engine.Row read(Row row, Key key, TableSpec table) {
    Map<String, float[]> vectors = new LinkedHashMap<>();
    row.getVectorsMap()
        .forEach(
            (field, vector) -> {
              int dimension = DeclaredFields.vector(table, field).dimension();
              float[] components =
                  ProtoVectors.read(vector, "table: " + table.name() + ", field: " + field);
              if (components.length != dimension) {
                throw DeclaredFields.wrongDimension(
                    components.length, dimension, table.name(), field);
              }
              vectors.put(field, components);
            });
    Map<String, Value> fields = new LinkedHashMap<>();
    row.getFieldsMap()
        .forEach(
            (name, value) ->
                fields.put(name, DeclaredFields.typed(table, name, read(value, name))));
    return new io.kindred.engine.Row(
        key,
        vectors,
        fields,
        readMetadata(row.getMetadata()),
        row.hasEventTime() ? ProtoTimes.read(row.getEventTime(), "event_time") : null,
        row.hasTtl() ? ProtoTimes.readLifetime(row.getTtl(), "ttl") : null,
        row.hasExpectedVersion() ? row.getExpectedVersion() : null);
  }

  private static Map<String, Value> readMetadata(String metadata) {
    return metadata.isEmpty()
        ? Map.of()
        : ValueJson.parseEntries(metadata.getBytes(StandardCharsets.UTF_8), "metadata");
  }

  private static Value read(io.kindred.protocol.v1.Value value, String name) {
    return switch (value.getKindCase()) {
      case NULL_VALUE -> Value.Null.NULL;
      case BOOL_VALUE -> Value.of(value.getBoolValue());
      case INT64_VALUE -> Value.of(value.getInt64Value());
      case FLOAT64_VALUE -> {
        if (!Double.isFinite(value.getFloat64Value())) {
          throw KindredException.of(
              ErrorCode.INVALID_ARGUMENT, name, value.getFloat64Value(), "a finite number");
        }
        yield Value.of(value.getFloat64Value());
      }
      case STRING_VALUE -> Value.of(value.getStringValue());
      case TIMESTAMP_VALUE ->
          new Value.Timestamp(
              Timestamps.epochMicros(ProtoTimes.read(value.getTimestampValue(), name), name));
      case STRING_LIST -> {
        List<Value> items = new ArrayList<>();
        for (String item : value.getStringList().getItemsList()) {
          items.add(Value.of(item));
        }
        yield new Value.Array(items);
      }
      case KIND_NOT_SET ->
          throw KindredException.of(ErrorCode.INVALID_ARGUMENT, name, "none", "a kind of value");
    };
  }

  static io.kindred.protocol.v1.StoredRow write(StoredRow row) {
    io.kindred.protocol.v1.StoredRow.Builder message =
        io.kindred.protocol.v1.StoredRow.newBuilder()
            .setId(ProtoKeys.write(row.key()))
            .setVersion(row.version());
    row.vectors().forEach((field, vector) -> message.putVectors(field, ProtoVectors.write(vector)));
    row.fields().forEach((name, value) -> message.putFields(name, write(value)));
    if (!row.metadata().isEmpty()) {
      byte[] metadata = Json.write(out -> ValueJson.writeEntries(row.metadata(), out));
      message.setMetadataBytes(ByteString.copyFrom(metadata));
    }
    Instant eventTime = row.eventTime();
    if (eventTime != null) {
      message.setEventTime(ProtoTimes.write(eventTime));
    }
    Instant expiry = row.expiry();
    if (expiry != null) {
      message.setExpiresAt(ProtoTimes.write(expiry));
    }
    return message.build();
  }

  private static io.kindred.protocol.v1.Value write(Value value) {
    io.kindred.protocol.v1.Value.Builder message = io.kindred.protocol.v1.Value.newBuilder();
    switch (value) {
      case Value.Null nothing -> message.setNullValue(NullValue.NULL_VALUE);
      case Value.Bool(boolean bool) -> message.setBoolValue(bool);
      case Value.Int64(long number) -> message.setInt64Value(number);
      case Value.Float64(double number) -> message.setFloat64Value(number);
      case Value.Text(String text) -> message.setStringValue(text);
      case Value.Timestamp(long epochMicros) ->
          message.setTimestampValue(ProtoTimes.write(Timestamps.instant(epochMicros)));
      case Value.Array(List<Value> items) -> message.setStringList(writeList(items));
      case Value.Entries entries -> throw new AssertionError("no declared field holds an object");
    }
    return message.build();
  }

  private static StringList writeList(List<Value> items) {
    StringList.Builder list = StringList.newBuilder();
    for (Value item : items) {
      if (item instanceof Value.Text(String text)) {
        list.addItems(text);
      }
    }
    return list.build();
  }

  static WriteResponse write(WriteOutcome outcome) {
    WriteResponse.Builder message =
        WriteResponse.newBuilder()
            .setApplied(outcome.applied())
            .setStale(outcome.stale())
            .addAllMissing(outcome.missing())
            .setToken(outcome.token().toString());
    for (io.kindred.server.rows.RejectedRow row : outcome.rejected()) {
      message.addRejected(
          RejectedRow.newBuilder()
              .setIndex(row.index())
              .setError(Error.newBuilder().setCode(row.code().name()).setMessage(row.message())));
    }
    return message.build();
  }

  static Projection projection(Include include) {
    return Projection.of(include.getFields(), include.getVectors());
  }

  static @Nullable String orNull(String text) {
    return text.isEmpty() ? null : text;
  }
}
