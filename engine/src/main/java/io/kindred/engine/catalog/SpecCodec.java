package io.kindred.engine.catalog;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/// Table specifications as values, the form in which log and catalog file hold them. Immutable.
final class SpecCodec {
  private SpecCodec() {}

  static Value.Entries encode(TableSpec spec) {
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("name", Value.of(spec.name()));
    entries.put("key", Value.of(spec.key().name()));
    Map<String, Value> vectors = new LinkedHashMap<>();
    spec.vectors().forEach((name, vector) -> vectors.put(name, encode(vector)));
    entries.put("vectors", new Value.Entries(vectors));
    Map<String, Value> fields = new LinkedHashMap<>();
    spec.fields().forEach((name, type) -> fields.put(name, Value.of(type.name())));
    entries.put("fields", new Value.Entries(fields));
    if (spec.partitionBy() != null) {
      entries.put("partition_by", Value.of(spec.partitionBy()));
    }
    if (spec.timeToLive() != null) {
      entries.put("ttl_millis", Value.of(spec.timeToLive().toMillis()));
    }
    entries.put("durability", Value.of(spec.durability().name()));
    entries.put("shards", Value.of(spec.shards()));
    if (spec.memoryBytes() != 0) {
      entries.put("memory_bytes", Value.of(spec.memoryBytes()));
    }
    return new Value.Entries(entries);
  }

  private static Value encode(VectorSpec vector) {
    Map<String, Value> entries = new LinkedHashMap<>();
    entries.put("dimension", Value.of(vector.dimension()));
    entries.put("metric", Value.of(vector.metric().name()));
    switch (vector.index()) {
      case IndexSpec.Flat _ -> entries.put("index", Value.of("flat"));
      case IndexSpec.Hnsw(int m, int efConstruction, Quantization quantization) -> {
        entries.put("index", Value.of("hnsw"));
        entries.put("m", Value.of(m));
        entries.put("ef_construction", Value.of(efConstruction));
        entries.put("quantization", Value.of(quantization.label()));
      }
      case IndexSpec.IvfFlat(int lists) -> {
        entries.put("index", Value.of("ivf_flat"));
        entries.put("lists", Value.of(lists));
      }
      case IndexSpec.IvfPq(int lists, int subspaces) -> {
        entries.put("index", Value.of("ivf_pq"));
        entries.put("lists", Value.of(lists));
        entries.put("subspaces", Value.of(subspaces));
      }
      case IndexSpec.IvfHnswPq(int lists, int subspaces, IndexSpec.Hnsw graph) -> {
        entries.put("index", Value.of("ivf_hnsw_pq"));
        entries.put("lists", Value.of(lists));
        entries.put("subspaces", Value.of(subspaces));
        entries.put("m", Value.of(graph.m()));
        entries.put("ef_construction", Value.of(graph.efConstruction()));
        entries.put("quantization", Value.of(graph.quantization().label()));
      }
    }
    return new Value.Entries(entries);
  }

  static TableSpec decode(Value.Entries value) {
    Reader in = new Reader(value);
    Map<String, VectorSpec> vectors = new LinkedHashMap<>();
    in.entries("vectors").values().forEach((name, v) -> vectors.put(name, decodeVector(v)));
    Map<String, FieldType> fields = new LinkedHashMap<>();
    in.entries("fields")
        .values()
        .forEach((name, type) -> fields.put(name, FieldType.valueOf(((Value.Text) type).value())));
    return new TableSpec(
        in.text("name"),
        KeyType.valueOf(in.text("key")),
        vectors,
        fields,
        in.has("partition_by") ? in.text("partition_by") : null,
        in.has("ttl_millis") ? Duration.ofMillis(in.int64("ttl_millis")) : null,
        Durability.valueOf(in.text("durability")),
        in.int32("shards"),
        in.has("memory_bytes") ? in.int64("memory_bytes") : 0);
  }

  private static VectorSpec decodeVector(Value value) {
    Reader in = new Reader((Value.Entries) value);
    return new VectorSpec(
        Math.toIntExact(in.int64("dimension")), Metric.valueOf(in.text("metric")), decodeIndex(in));
  }

  private static IndexSpec decodeIndex(Reader in) {
    String kind = in.text("index");
    return switch (kind) {
      case "flat" -> new IndexSpec.Flat();
      case "hnsw" -> decodeGraph(in);
      case "ivf_flat" -> new IndexSpec.IvfFlat(in.int32("lists"));
      case "ivf_pq" -> new IndexSpec.IvfPq(in.int32("lists"), in.int32("subspaces"));
      case "ivf_hnsw_pq" ->
          new IndexSpec.IvfHnswPq(in.int32("lists"), in.int32("subspaces"), decodeGraph(in));
      default -> throw new IllegalArgumentException("index: " + kind);
    };
  }

  private static IndexSpec.Hnsw decodeGraph(Reader in) {
    return new IndexSpec.Hnsw(
        in.int32("m"),
        in.int32("ef_construction"),
        in.has("quantization") ? Quantization.of(in.text("quantization")) : Quantization.SQ8);
  }

  /// Typed access to entries that this class wrote.
  record Reader(Value.Entries entries) {
    boolean has(String name) {
      return entries.values().containsKey(name);
    }

    String text(String name) {
      return ((Value.Text) value(name)).value();
    }

    long int64(String name) {
      return ((Value.Int64) value(name)).value();
    }

    int int32(String name) {
      return Math.toIntExact(int64(name));
    }

    Value.Entries entries(String name) {
      return (Value.Entries) value(name);
    }

    Value value(String name) {
      return java.util.Objects.requireNonNull(entries.values().get(name), name);
    }
  }
}
