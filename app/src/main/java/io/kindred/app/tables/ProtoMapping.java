package io.kindred.app.tables;

import com.google.protobuf.ByteString;
import com.google.protobuf.Duration;
import com.google.protobuf.NullValue;
import com.google.protobuf.Timestamp;
import io.kindred.app.rows.JsonValues;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.Row;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Token;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import io.kindred.protocol.v1.FlatIndex;
import io.kindred.protocol.v1.HnswIndex;
import io.kindred.protocol.v1.Index;
import io.kindred.protocol.v1.IvfFlatIndex;
import io.kindred.protocol.v1.IvfHnswPqIndex;
import io.kindred.protocol.v1.IvfPqIndex;
import io.kindred.protocol.v1.RejectedRow;
import io.kindred.protocol.v1.ScalarField;
import io.kindred.protocol.v1.StringList;
import io.kindred.protocol.v1.Vector;
import io.kindred.protocol.v1.VectorField;
import io.kindred.protocol.v1.WriteResponse;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Tables, rows and outcomes between their forms in this process and in `kindred.v1`.
public final class ProtoMapping {
  private static final long MICROS_PER_SECOND = 1_000_000;

  private ProtoMapping() {}

  public static io.kindred.protocol.v1.Key key(Key key) {
    io.kindred.protocol.v1.Key.Builder builder = io.kindred.protocol.v1.Key.newBuilder();
    return switch (key) {
      case Key.Uint64(long number) -> builder.setNumber(number).build();
      case Key.Text(String text) -> builder.setText(text).build();
    };
  }

  static Key key(io.kindred.protocol.v1.Key key) {
    return switch (key.getKindCase()) {
      case NUMBER -> Key.of(key.getNumber());
      case TEXT -> Key.of(key.getText());
      case KIND_NOT_SET -> throw unexpected("a key without a kind");
    };
  }

  public static Vector vector(float[] vector) {
    ByteBuffer packed =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    packed.asFloatBuffer().put(vector);
    return Vector.newBuilder().setPacked(ByteString.copyFrom(packed)).build();
  }

  static float[] vector(Vector vector) {
    ByteBuffer packed = vector.getPacked().asReadOnlyByteBuffer().order(ByteOrder.LITTLE_ENDIAN);
    float[] components = new float[packed.remaining() / Float.BYTES];
    packed.asFloatBuffer().get(components);
    return components;
  }

  public static io.kindred.protocol.v1.Row row(Row row) {
    io.kindred.protocol.v1.Row.Builder builder = io.kindred.protocol.v1.Row.newBuilder();
    builder.setId(key(row.key()));
    row.vectors().forEach((name, vector) -> builder.putVectors(name, vector(vector)));
    row.fields().forEach((name, value) -> builder.putFields(name, value(name, value)));
    if (!row.metadata().isEmpty()) {
      builder.setMetadata(JsonValues.text(row.metadata()));
    }
    Instant eventTime = row.eventTime();
    if (eventTime != null) {
      builder.setEventTime(timestamp(eventTime));
    }
    java.time.Duration timeToLive = row.timeToLive();
    if (timeToLive != null) {
      builder.setTtl(
          Duration.newBuilder().setSeconds(timeToLive.getSeconds()).setNanos(timeToLive.getNano()));
    }
    Long expectedVersion = row.expectedVersion();
    if (expectedVersion != null) {
      builder.setExpectedVersion(expectedVersion);
    }
    return builder.build();
  }

  public static StoredRow row(io.kindred.protocol.v1.StoredRow row) {
    Map<String, float[]> vectors = new LinkedHashMap<>();
    row.getVectorsMap().forEach((name, vector) -> vectors.put(name, vector(vector)));
    Map<String, Value> fields = new LinkedHashMap<>();
    row.getFieldsMap().forEach((name, value) -> fields.put(name, value(value)));
    return new StoredRow(
        key(row.getId()),
        row.getVersion(),
        vectors,
        fields,
        row.getMetadata().isEmpty() ? Map.of() : JsonValues.entries(row.getMetadata()),
        row.hasEventTime() ? instant(row.getEventTime()) : null,
        row.hasExpiresAt() ? instant(row.getExpiresAt()) : null);
  }

  private static io.kindred.protocol.v1.Value value(String field, Value value) {
    io.kindred.protocol.v1.Value.Builder builder = io.kindred.protocol.v1.Value.newBuilder();
    return switch (value) {
      case Value.Null _ -> builder.setNullValue(NullValue.NULL_VALUE).build();
      case Value.Bool(boolean bool) -> builder.setBoolValue(bool).build();
      case Value.Int64(long integer) -> builder.setInt64Value(integer).build();
      case Value.Float64(double number) -> builder.setFloat64Value(number).build();
      case Value.Text(String text) -> builder.setStringValue(text).build();
      case Value.Timestamp(long micros) ->
          builder.setTimestampValue(timestamp(instant(micros))).build();
      case Value.Array(List<Value> items) -> builder.setStringList(strings(field, items)).build();
      case Value.Entries _ ->
          throw KindredException.of(
              ErrorCode.TYPE_MISMATCH, field, "an object", "a value of a declared field");
    };
  }

  private static StringList strings(String field, List<Value> items) {
    StringList.Builder strings = StringList.newBuilder();
    for (Value item : items) {
      if (!(item instanceof Value.Text(String text))) {
        throw KindredException.of(ErrorCode.TYPE_MISMATCH, field, item, "a list of strings");
      }
      strings.addItems(text);
    }
    return strings.build();
  }

  private static Value value(io.kindred.protocol.v1.Value value) {
    return switch (value.getKindCase()) {
      case NULL_VALUE, KIND_NOT_SET -> Value.Null.NULL;
      case BOOL_VALUE -> Value.of(value.getBoolValue());
      case INT64_VALUE -> Value.of(value.getInt64Value());
      case FLOAT64_VALUE -> Value.of(value.getFloat64Value());
      case STRING_VALUE -> Value.of(value.getStringValue());
      case TIMESTAMP_VALUE ->
          new Value.Timestamp(
              ChronoUnit.MICROS.between(Instant.EPOCH, instant(value.getTimestampValue())));
      case STRING_LIST -> {
        List<Value> items = new ArrayList<>();
        value.getStringList().getItemsList().forEach(item -> items.add(Value.of(item)));
        yield new Value.Array(items);
      }
    };
  }

  private static Timestamp timestamp(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  private static Instant instant(Timestamp timestamp) {
    return Instant.ofEpochSecond(timestamp.getSeconds(), timestamp.getNanos());
  }

  private static Instant instant(long micros) {
    return Instant.ofEpochSecond(
        Math.floorDiv(micros, MICROS_PER_SECOND), Math.floorMod(micros, MICROS_PER_SECOND) * 1_000);
  }

  static WriteResult result(WriteResponse response) {
    List<WriteResult.Rejection> rejected = new ArrayList<>();
    for (RejectedRow row : response.getRejectedList()) {
      rejected.add(
          new WriteResult.Rejection(
              row.getIndex(), code(row.getError().getCode()), row.getError().getMessage()));
    }
    return new WriteResult(
        response.getApplied(),
        response.getStale(),
        0,
        response.getMissingList(),
        rejected,
        Token.parse(response.getToken()));
  }

  /// The code of that name, or `INTERNAL` for one that a newer server has.
  static ErrorCode code(@Nullable String name) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return ErrorCode.INTERNAL;
  }

  public static io.kindred.protocol.v1.TableSpec table(TableSpec table) {
    io.kindred.protocol.v1.TableSpec.Builder builder =
        io.kindred.protocol.v1.TableSpec.newBuilder().setName(table.name());
    builder.setKey(
        switch (table.key()) {
          case STRING -> io.kindred.protocol.v1.KeyType.KEY_TYPE_STRING;
          case UINT64 -> io.kindred.protocol.v1.KeyType.KEY_TYPE_UINT64;
        });
    table.vectors().forEach((name, vector) -> builder.addVectors(vectorField(name, vector)));
    table
        .fields()
        .forEach(
            (name, type) ->
                builder.addFields(ScalarField.newBuilder().setName(name).setType(type(type))));
    builder.setShards(table.shards());
    return builder.build();
  }

  private static VectorField vectorField(String name, VectorSpec vector) {
    return VectorField.newBuilder()
        .setName(name)
        .setDimension(vector.dimension())
        .setMetric(
            switch (vector.metric()) {
              case L2 -> io.kindred.protocol.v1.Metric.METRIC_L2;
              case DOT -> io.kindred.protocol.v1.Metric.METRIC_DOT;
              case COSINE -> io.kindred.protocol.v1.Metric.METRIC_COSINE;
            })
        .setIndex(index(vector.index()))
        .build();
  }

  private static Index index(IndexSpec spec) {
    Index.Builder index = Index.newBuilder();
    switch (spec) {
      case IndexSpec.Flat _ -> index.setFlat(FlatIndex.getDefaultInstance());
      case IndexSpec.Hnsw graph -> index.setHnsw(graph(graph));
      case IndexSpec.IvfFlat(int lists) ->
          index.setIvfFlat(IvfFlatIndex.newBuilder().setLists(lists));
      case IndexSpec.IvfPq(int lists, int subspaces) ->
          index.setIvfPq(IvfPqIndex.newBuilder().setLists(lists).setSubspaces(subspaces));
      case IndexSpec.IvfHnswPq(int lists, int subspaces, IndexSpec.Hnsw graph) ->
          index.setIvfHnswPq(
              IvfHnswPqIndex.newBuilder()
                  .setLists(lists)
                  .setSubspaces(subspaces)
                  .setGraph(graph(graph)));
    }
    return index.build();
  }

  private static HnswIndex graph(IndexSpec.Hnsw graph) {
    return HnswIndex.newBuilder()
        .setM(graph.m())
        .setEfConstruction(graph.efConstruction())
        .setQuantization(graph.quantization().label())
        .build();
  }

  private static io.kindred.protocol.v1.FieldType type(FieldType type) {
    return switch (type) {
      case STRING -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_STRING;
      case INT64 -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_INT64;
      case FLOAT64 -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_FLOAT64;
      case BOOL -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_BOOL;
      case TIMESTAMP -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_TIMESTAMP;
      case STRING_LIST -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_STRING_LIST;
    };
  }

  static TableSpec table(io.kindred.protocol.v1.TableSpec table) {
    Map<String, VectorSpec> vectors = new LinkedHashMap<>();
    for (VectorField field : table.getVectorsList()) {
      vectors.put(
          field.getName(),
          new VectorSpec(field.getDimension(), metric(field.getMetric()), index(field.getIndex())));
    }
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (ScalarField field : table.getFieldsList()) {
      fields.put(field.getName(), type(field.getType()));
    }
    KeyType key =
        table.getKey() == io.kindred.protocol.v1.KeyType.KEY_TYPE_UINT64
            ? KeyType.UINT64
            : KeyType.STRING;
    return TableSpec.of(table.getName(), key, vectors, fields);
  }

  private static Metric metric(io.kindred.protocol.v1.Metric metric) {
    return switch (metric) {
      case METRIC_L2 -> Metric.L2;
      case METRIC_DOT -> Metric.DOT;
      case METRIC_COSINE -> Metric.COSINE;
      case METRIC_UNSPECIFIED, UNRECOGNIZED -> throw unexpected("metric " + metric);
    };
  }

  private static IndexSpec index(Index index) {
    return switch (index.getKindCase()) {
      case FLAT -> new IndexSpec.Flat();
      case HNSW -> graph(index.getHnsw());
      case IVF_FLAT -> new IndexSpec.IvfFlat(index.getIvfFlat().getLists());
      case IVF_PQ ->
          new IndexSpec.IvfPq(index.getIvfPq().getLists(), index.getIvfPq().getSubspaces());
      case IVF_HNSW_PQ -> {
        IvfHnswPqIndex lists = index.getIvfHnswPq();
        yield new IndexSpec.IvfHnswPq(
            lists.getLists(), lists.getSubspaces(), graph(lists.getGraph()));
      }
      case KIND_NOT_SET -> throw unexpected("an index without a kind");
    };
  }

  private static IndexSpec.Hnsw graph(HnswIndex graph) {
    return new IndexSpec.Hnsw(
        graph.getM(), graph.getEfConstruction(), Quantization.of(graph.getQuantization()));
  }

  private static FieldType type(io.kindred.protocol.v1.FieldType type) {
    return switch (type) {
      case FIELD_TYPE_STRING -> FieldType.STRING;
      case FIELD_TYPE_INT64 -> FieldType.INT64;
      case FIELD_TYPE_FLOAT64 -> FieldType.FLOAT64;
      case FIELD_TYPE_BOOL -> FieldType.BOOL;
      case FIELD_TYPE_TIMESTAMP -> FieldType.TIMESTAMP;
      case FIELD_TYPE_STRING_LIST -> FieldType.STRING_LIST;
      case FIELD_TYPE_UNSPECIFIED, UNRECOGNIZED -> throw unexpected("field type " + type);
    };
  }

  private static KindredException unexpected(String what) {
    return new KindredException(
        ErrorCode.UNSUPPORTED, "answer: " + what + " (expected: one that this version knows)");
  }
}
