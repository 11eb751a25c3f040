package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// The specification of a table in JSON. One reader reads one. Owned by the thread that reads it.
public final class TableJson {
  private @Nullable String name;
  private KeyType key = KeyType.STRING;
  private final Map<String, VectorSpec> vectors = new LinkedHashMap<>();
  private final Map<String, FieldType> fields = new LinkedHashMap<>();
  private @Nullable String partitionBy;
  private @Nullable Duration timeToLive;
  private Durability durability = Durability.SYNCED;
  private int shards = 1;
  private long memoryBytes;

  private TableJson() {}

  /// Reads a request for a new table; what it leaves out gets its default.
  public static TableSpec parse(byte[] text) {
    return Json.read(text, in -> new TableJson().read(in));
  }

  private TableSpec read(JsonParser in) throws IOException {
    Members.each(in, "request", member -> readMember(in, member));
    if (name == null) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "name", "none", "the table's name");
    }
    return new TableSpec(
        name, key, vectors, fields, partitionBy, timeToLive, durability, shards, memoryBytes);
  }

  private void readMember(JsonParser in, String member) throws IOException {
    if (in.currentToken() == JsonToken.VALUE_NULL
        && ("partition_by".equals(member)
            || "ttl".equals(member)
            || "memory_bytes".equals(member))) {
      return;
    }
    switch (member) {
      case "name" -> name = Members.text(in, member);
      case "key" -> key = constant(in, member, KeyType.class);
      case "vectors" ->
          Members.each(in, member, field -> vectors.put(field, readVector(in, field)));
      case "fields" -> Members.each(in, member, field -> fields.put(field, readField(in, field)));
      case "partition_by" -> partitionBy = Members.text(in, member);
      case "ttl" -> timeToLive = Timestamps.duration(Members.text(in, member), member);
      case "durability" -> durability = constant(in, member, Durability.class);
      case "shards" -> shards = Members.integer(in, member);
      case "memory_bytes" -> memoryBytes = Members.longInteger(in, member);
      default ->
          throw Members.unknown(
              "request",
              member,
              "name, key, vectors, fields, partition_by, ttl, durability, shards, memory_bytes");
    }
  }

  private static VectorSpec readVector(JsonParser in, String field) throws IOException {
    String what = "vectors." + field;
    VectorMembers vector = new VectorMembers();
    Members.each(
        in,
        what,
        member -> {
          switch (member) {
            case "dimension" -> vector.dimension = Members.integer(in, what + ".dimension");
            case "metric" -> vector.metric = constant(in, what + ".metric", Metric.class);
            case "index" -> vector.index = IndexJson.read(in, what + ".index");
            default -> throw Members.unknown(what, member, "dimension, metric, index");
          }
        });
    return new VectorSpec(vector.dimension, vector.metric, vector.index.spec());
  }

  /// A vector field while it is read.
  private static final class VectorMembers {
    private int dimension;
    private Metric metric = Metric.DOT;
    private IndexJson index = new IndexJson();
  }

  private static FieldType readField(JsonParser in, String field) throws IOException {
    String what = "fields." + field;
    FieldType[] type = new FieldType[1];
    Members.each(
        in,
        what,
        member -> {
          if (!"type".equals(member)) {
            throw Members.unknown(what, member, "type");
          }
          type[0] = constant(in, what + ".type", FieldType.class);
        });
    if (type[0] == null) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, what + ".type", "none", names(FieldType.class));
    }
    return type[0];
  }

  private static <E extends Enum<E>> E constant(JsonParser in, String what, Class<E> type)
      throws IOException {
    String text = Members.text(in, what);
    for (E constant : type.getEnumConstants()) {
      if (name(constant).equals(text)) {
        return constant;
      }
    }
    throw Members.wrong(in, what, names(type));
  }

  private static String names(Class<? extends Enum<?>> type) {
    return "one of "
        + String.join(", ", Arrays.stream(type.getEnumConstants()).map(TableJson::name).toList());
  }

  /// The constant as JSON writes it.
  public static String name(Enum<?> constant) {
    return constant.name().toLowerCase(Locale.ROOT);
  }

  /// Writes the members of a specification.
  static void writeMembers(TableSpec spec, JsonGenerator out) throws IOException {
    out.writeStringField("name", spec.name());
    out.writeStringField("key", name(spec.key()));
    out.writeObjectFieldStart("vectors");
    for (Map.Entry<String, VectorSpec> vector : spec.vectors().entrySet()) {
      out.writeObjectFieldStart(vector.getKey());
      out.writeNumberField("dimension", vector.getValue().dimension());
      out.writeStringField("metric", name(vector.getValue().metric()));
      out.writeFieldName("index");
      IndexJson.write(vector.getValue().index(), out);
      out.writeEndObject();
    }
    out.writeEndObject();
    out.writeObjectFieldStart("fields");
    for (Map.Entry<String, FieldType> field : spec.fields().entrySet()) {
      out.writeObjectFieldStart(field.getKey());
      out.writeStringField("type", name(field.getValue()));
      out.writeEndObject();
    }
    out.writeEndObject();
    String partitionBy = spec.partitionBy();
    if (partitionBy != null) {
      out.writeStringField("partition_by", partitionBy);
    }
    Duration timeToLive = spec.timeToLive();
    if (timeToLive != null) {
      out.writeStringField("ttl", Timestamps.text(timeToLive));
    }
    out.writeStringField("durability", name(spec.durability()));
    out.writeNumberField("shards", spec.shards());
    if (spec.memoryBytes() != 0) {
      out.writeNumberField("memory_bytes", spec.memoryBytes());
    }
  }
}
