package io.kindred.server.grpc;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.TableInfo;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.protocol.v1.FlatIndex;
import io.kindred.protocol.v1.HnswIndex;
import io.kindred.protocol.v1.Index;
import io.kindred.protocol.v1.IndexState;
import io.kindred.protocol.v1.IvfFlatIndex;
import io.kindred.protocol.v1.IvfHnswPqIndex;
import io.kindred.protocol.v1.IvfPqIndex;
import io.kindred.protocol.v1.MeasuredRecall;
import io.kindred.protocol.v1.ScalarField;
import io.kindred.protocol.v1.Table;
import io.kindred.protocol.v1.TableBytes;
import io.kindred.protocol.v1.TableDelta;
import io.kindred.protocol.v1.TableVersion;
import io.kindred.protocol.v1.VectorField;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// Tables in protobuf.
final class ProtoTables {
  private ProtoTables() {}

  static TableSpec read(io.kindred.protocol.v1.TableSpec message) {
    Map<String, VectorSpec> vectors = new LinkedHashMap<>();
    for (VectorField field : message.getVectorsList()) {
      VectorSpec spec =
          new VectorSpec(field.getDimension(), metric(field), index(field.getIndex()));
      requireOnce(vectors.put(field.getName(), spec) == null, "vectors", field.getName());
    }
    Map<String, FieldType> fields = new LinkedHashMap<>();
    for (ScalarField field : message.getFieldsList()) {
      FieldType type = type(field);
      requireOnce(fields.put(field.getName(), type) == null, "fields", field.getName());
    }
    return new TableSpec(
        message.getName(),
        key(message),
        vectors,
        fields,
        ProtoRows.orNull(message.getPartitionBy()),
        message.hasTtl() ? ProtoTimes.readLifetime(message.getTtl(), "ttl") : null,
        durability(message),
        message.getShards() == 0 ? 1 : message.getShards(),
        message.getMemoryBytes());
  }

  private static void requireOnce(boolean isFirst, String what, String name) {
    if (!isFirst) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, what, name, "each name once");
    }
  }

  private static KeyType key(io.kindred.protocol.v1.TableSpec message) {
    return switch (message.getKey()) {
      case KEY_TYPE_UNSPECIFIED, KEY_TYPE_STRING -> KeyType.STRING;
      case KEY_TYPE_UINT64 -> KeyType.UINT64;
      case UNRECOGNIZED -> throw unrecognized("key", message.getKeyValue(), "string or uint64");
    };
  }

  private static Metric metric(VectorField field) {
    return switch (field.getMetric()) {
      case METRIC_UNSPECIFIED, METRIC_DOT -> Metric.DOT;
      case METRIC_L2 -> Metric.L2;
      case METRIC_COSINE -> Metric.COSINE;
      case UNRECOGNIZED ->
          throw unrecognized("metric", field.getMetricValue(), "l2, dot or cosine");
    };
  }

  private static IndexSpec index(Index index) {
    return switch (index.getKindCase()) {
      case FLAT -> new IndexSpec.Flat();
      case HNSW -> hnsw(index.getHnsw());
      case IVF_FLAT -> new IndexSpec.IvfFlat(index.getIvfFlat().getLists());
      case IVF_PQ ->
          new IndexSpec.IvfPq(index.getIvfPq().getLists(), index.getIvfPq().getSubspaces());
      case IVF_HNSW_PQ -> {
        IvfHnswPqIndex lists = index.getIvfHnswPq();
        yield new IndexSpec.IvfHnswPq(
            lists.getLists(), lists.getSubspaces(), hnsw(lists.getGraph()));
      }
      case KIND_NOT_SET -> IndexSpec.Hnsw.DEFAULT;
    };
  }

  private static IndexSpec.Hnsw hnsw(HnswIndex index) {
    IndexSpec.Hnsw standard = IndexSpec.Hnsw.DEFAULT;
    return new IndexSpec.Hnsw(
        index.getM() == 0 ? standard.m() : index.getM(),
        index.getEfConstruction() == 0 ? standard.efConstruction() : index.getEfConstruction(),
        index.getQuantization().isEmpty()
            ? standard.quantization()
            : Quantization.of(index.getQuantization()));
  }

  private static FieldType type(ScalarField field) {
    return switch (field.getType()) {
      case FIELD_TYPE_STRING -> FieldType.STRING;
      case FIELD_TYPE_INT64 -> FieldType.INT64;
      case FIELD_TYPE_FLOAT64 -> FieldType.FLOAT64;
      case FIELD_TYPE_BOOL -> FieldType.BOOL;
      case FIELD_TYPE_TIMESTAMP -> FieldType.TIMESTAMP;
      case FIELD_TYPE_STRING_LIST -> FieldType.STRING_LIST;
      case FIELD_TYPE_UNSPECIFIED, UNRECOGNIZED ->
          throw unrecognized(
              "type of field " + field.getName(), field.getTypeValue(), "a field type");
    };
  }

  private static Durability durability(io.kindred.protocol.v1.TableSpec message) {
    return switch (message.getDurability()) {
      case DURABILITY_UNSPECIFIED, DURABILITY_SYNCED -> Durability.SYNCED;
      case DURABILITY_BUFFERED -> Durability.BUFFERED;
      case UNRECOGNIZED ->
          throw unrecognized("durability", message.getDurabilityValue(), "synced or buffered");
    };
  }

  private static KindredException unrecognized(String what, int value, String expected) {
    return KindredException.of(ErrorCode.INVALID_ARGUMENT, what, value, expected);
  }

  static Table write(TableInfo info) {
    Table.Builder table =
        Table.newBuilder()
            .setSpec(write(info.spec()))
            .setId(info.id())
            .setRevision(info.revision())
            .setCreatedAt(ProtoTimes.write(info.createdAt()))
            .setRowCount(info.rowCount())
            .setBytes(write(info.bytes()))
            .setDelta(
                TableDelta.newBuilder()
                    .setRows(info.delta().rows())
                    .setRowsMax(info.delta().rowsMax())
                    .setHidden(info.delta().hidden()))
            .setAppliedPosition(info.appliedPosition())
            .setCheckpointPosition(info.checkpointPosition());
    info.indexes().forEach((field, index) -> table.putIndexes(field, write(index)));
    info.recalls()
        .forEach(
            (field, recall) ->
                table.putRecalls(
                    field,
                    MeasuredRecall.newBuilder()
                        .setMean(recall.mean())
                        .setSamples(recall.samples())
                        .build()));
    for (TableInfo.VersionInfo version : info.versions()) {
      table.addVersions(
          TableVersion.newBuilder()
              .setName(version.name())
              .setState(version.state())
              .setCreatedAt(ProtoTimes.write(version.createdAt())));
    }
    return table.build();
  }

  private static TableBytes write(TableInfo.Bytes bytes) {
    return TableBytes.newBuilder()
        .setVectors(bytes.vectors())
        .setRows(bytes.rows())
        .setKeys(bytes.keys())
        .setIndexes(bytes.indexes())
        .setDelta(bytes.delta())
        .setCheckpoint(bytes.checkpoint())
        .build();
  }

  private static IndexState write(TableInfo.IndexInfo index) {
    return IndexState.newBuilder()
        .setKind(index.kind())
        .setState(index.state())
        .setIndexed(index.indexed())
        .setPending(index.pending())
        .putAllParameters(index.parameters())
        .build();
  }

  private static io.kindred.protocol.v1.TableSpec write(TableSpec spec) {
    io.kindred.protocol.v1.TableSpec.Builder message =
        io.kindred.protocol.v1.TableSpec.newBuilder()
            .setName(spec.name())
            .setKey(
                switch (spec.key()) {
                  case STRING -> io.kindred.protocol.v1.KeyType.KEY_TYPE_STRING;
                  case UINT64 -> io.kindred.protocol.v1.KeyType.KEY_TYPE_UINT64;
                })
            .setDurability(
                switch (spec.durability()) {
                  case SYNCED -> io.kindred.protocol.v1.Durability.DURABILITY_SYNCED;
                  case BUFFERED -> io.kindred.protocol.v1.Durability.DURABILITY_BUFFERED;
                })
            .setShards(spec.shards())
            .setMemoryBytes(spec.memoryBytes());
    spec.vectors().forEach((name, vector) -> message.addVectors(write(name, vector)));
    spec.fields().forEach((name, type) -> message.addFields(write(name, type)));
    String partitionBy = spec.partitionBy();
    if (partitionBy != null) {
      message.setPartitionBy(partitionBy);
    }
    Duration timeToLive = spec.timeToLive();
    if (timeToLive != null) {
      message.setTtl(ProtoTimes.write(timeToLive));
    }
    return message.build();
  }

  private static VectorField write(String name, VectorSpec spec) {
    return VectorField.newBuilder()
        .setName(name)
        .setDimension(spec.dimension())
        .setMetric(
            switch (spec.metric()) {
              case L2 -> io.kindred.protocol.v1.Metric.METRIC_L2;
              case DOT -> io.kindred.protocol.v1.Metric.METRIC_DOT;
              case COSINE -> io.kindred.protocol.v1.Metric.METRIC_COSINE;
            })
        .setIndex(write(spec.index()))
        .build();
  }

  private static Index write(IndexSpec spec) {
    Index.Builder index = Index.newBuilder();
    switch (spec) {
      case IndexSpec.Flat _ -> index.setFlat(FlatIndex.getDefaultInstance());
      case IndexSpec.Hnsw graph -> index.setHnsw(write(graph));
      case IndexSpec.IvfFlat(int lists) ->
          index.setIvfFlat(IvfFlatIndex.newBuilder().setLists(lists));
      case IndexSpec.IvfPq(int lists, int subspaces) ->
          index.setIvfPq(IvfPqIndex.newBuilder().setLists(lists).setSubspaces(subspaces));
      case IndexSpec.IvfHnswPq(int lists, int subspaces, IndexSpec.Hnsw graph) ->
          index.setIvfHnswPq(
              IvfHnswPqIndex.newBuilder()
                  .setLists(lists)
                  .setSubspaces(subspaces)
                  .setGraph(write(graph)));
    }
    return index.build();
  }

  private static HnswIndex write(IndexSpec.Hnsw graph) {
    return HnswIndex.newBuilder()
        .setM(graph.m())
        .setEfConstruction(graph.efConstruction())
        .setQuantization(graph.quantization().label())
        .build();
  }

  private static ScalarField write(String name, FieldType type) {
    return ScalarField.newBuilder()
        .setName(name)
        .setType(
            switch (type) {
              case STRING -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_STRING;
              case INT64 -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_INT64;
              case FLOAT64 -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_FLOAT64;
              case BOOL -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_BOOL;
              case TIMESTAMP -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_TIMESTAMP;
              case STRING_LIST -> io.kindred.protocol.v1.FieldType.FIELD_TYPE_STRING_LIST;
            })
        .build();
  }
}
