package io.kindred.engine;

import java.time.Duration;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// What a table holds, as its creator declared it. Immutable and validated.
///
/// @param vectors vector fields by name, in declared order; may be empty (a plain key-value table)
/// @param fields scalar fields by name, in declared order
/// @param partitionBy the string field whose value `partition` of a search names, or null
/// @param timeToLive how long a row lives after its last put unless the row says otherwise, or null
/// @param shards into how many shards the keys are hashed, 1 to 64
/// @param memoryBytes what the table may take of the memory budget before it takes no more rows; 0
///   for its fair share
public record TableSpec(
    String name,
    KeyType key,
    Map<String, VectorSpec> vectors,
    Map<String, FieldType> fields,
    @Nullable String partitionBy,
    @Nullable Duration timeToLive,
    Durability durability,
    int shards,
    long memoryBytes) {
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}");
  private static final String NAME_EXPECTED =
      "1 to 64 letters, digits, '_', '-' or '.', not starting with '-' or '.'";
  private static final Duration TIME_TO_LIVE_MAX = Duration.ofDays(36_500);

  public TableSpec {
    vectors = Collections.unmodifiableMap(new LinkedHashMap<>(vectors));
    fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
    requireName("name", name);
    vectors.keySet().forEach(field -> requireName("vectors", field));
    fields.keySet().forEach(field -> requireName("fields", field));
    requireAtMost("vectors", vectors.size(), Limits.VECTOR_FIELDS_MAX);
    requireAtMost("fields", fields.size(), Limits.FIELDS_MAX);
    for (String field : vectors.keySet()) {
      if (fields.containsKey(field)) {
        throw KindredException.of(
            ErrorCode.INVALID_ARGUMENT,
            "fields",
            field,
            "a name that no vector field of the table has");
      }
    }
    if (partitionBy != null && fields.get(partitionBy) != FieldType.STRING) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "partition_by",
          partitionBy,
          "a declared field of type string");
    }
    if (timeToLive != null
        && (timeToLive.toMillis() < 1 || timeToLive.compareTo(TIME_TO_LIVE_MAX) > 0)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "ttl", timeToLive, "1 millisecond to 36500 days");
    }
    if (shards < 1 || shards > Limits.SHARDS_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "shards", shards, "1 to " + Limits.SHARDS_MAX);
    }
    if (memoryBytes != 0
        && (memoryBytes < Budget.MEMORY_BYTES_MIN || memoryBytes > Budget.BYTES_MAX)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "memory_bytes",
          memoryBytes,
          Budget.MEMORY_BYTES_MIN + " to " + Budget.BYTES_MAX + ", or 0 for a fair share");
    }
  }

  /// A specification without a memory budget of its own.
  public TableSpec(
      String name,
      KeyType key,
      Map<String, VectorSpec> vectors,
      Map<String, FieldType> fields,
      @Nullable String partitionBy,
      @Nullable Duration timeToLive,
      Durability durability,
      int shards) {
    this(name, key, vectors, fields, partitionBy, timeToLive, durability, shards, 0);
  }

  /// A specification with one shard, synced writes and no expiry.
  public static TableSpec of(
      String name, KeyType key, Map<String, VectorSpec> vectors, Map<String, FieldType> fields) {
    return new TableSpec(name, key, vectors, fields, null, null, Durability.SYNCED, 1);
  }

  /// The same table with a memory budget of its own; 0 for none.
  public TableSpec withMemoryBytes(long bytes) {
    return new TableSpec(
        name, key, vectors, fields, partitionBy, timeToLive, durability, shards, bytes);
  }

  /// The same table under another name.
  public TableSpec withName(String other) {
    return new TableSpec(
        other, key, vectors, fields, partitionBy, timeToLive, durability, shards, memoryBytes);
  }

  private static void requireName(String what, String name) {
    if (!NAME.matcher(name).matches()) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, what, name, NAME_EXPECTED);
    }
  }

  private static void requireAtMost(String what, int count, int max) {
    if (count > max) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, what, count + " entries", "at most " + max);
    }
  }
}
