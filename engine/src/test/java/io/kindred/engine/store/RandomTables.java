package io.kindred.engine.store;

import io.kindred.engine.CountWindow;
import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.filter.Filter;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/// Random tables, rows and filters. Keys are few, so that they meet again. Owned by one thread.
final class RandomTables {
  private static final int KEYS = 120;
  private static final List<String> CITIES = List.of("berlin", "paris", "rome", "", "são paulo");
  private static final long EPOCH_SECOND = Instant.parse("2026-01-01T00:00:00Z").getEpochSecond();

  /// Keys of a crowd: so many rows that graphs and lists are walked.
  private static final int CROWD_KEYS = 6_000;

  private static final int CROWD_ROWS = 3_000;

  private final Random random;
  private final boolean isCrowded;

  RandomTables(Random random) {
    this(random, false);
  }

  /// @param isCrowded whether keys are those of a crowd, half of the time
  RandomTables(Random random, boolean isCrowded) {
    this.random = random;
    this.isCrowded = isCrowded;
  }

  boolean isCrowded() {
    return isCrowded;
  }

  TableSpec spec(String name) {
    Map<String, VectorSpec> vectors = new LinkedHashMap<>();
    int vectorCount = random.nextInt(4);
    if (isCrowded) {
      vectors.put("near", new VectorSpec(24, metric(), indexOfCrowd()));
    } else if (vectorCount > 0) {
      vectors.put("near", new VectorSpec(5, metric(), index()));
    }
    if (vectorCount > 2) {
      vectors.put("far", new VectorSpec(20, metric(), index()));
    }
    Map<String, FieldType> fields = new LinkedHashMap<>();
    fields.put("city", FieldType.STRING);
    fields.put("price", FieldType.FLOAT64);
    fields.put("seen", FieldType.TIMESTAMP);
    fields.put("tags", FieldType.STRING_LIST);
    fields.put("visits", FieldType.INT64);
    return new TableSpec(
        name,
        random.nextBoolean() ? KeyType.STRING : KeyType.UINT64,
        vectors,
        fields,
        null,
        random.nextInt(3) == 0 ? Duration.ofSeconds(20) : null,
        Durability.SYNCED,
        1 + random.nextInt(isCrowded ? 1 : 3));
  }

  private Metric metric() {
    List<Metric> metrics = List.of(Metric.values());
    return metrics.get(random.nextInt(metrics.size()));
  }

  private IndexSpec indexOfCrowd() {
    return switch (random.nextInt(5)) {
      case 0, 1, 2 -> new IndexSpec.Hnsw(8, 32);
      case 3 -> new IndexSpec.IvfFlat(0);
      default -> new IndexSpec.IvfHnswPq(0, 12, new IndexSpec.Hnsw(8, 32));
    };
  }

  private IndexSpec index() {
    return switch (random.nextInt(6)) {
      case 0, 1 -> new IndexSpec.Flat();
      case 2, 3 -> new IndexSpec.Hnsw(4, 16);
      case 4 -> new IndexSpec.IvfFlat(random.nextInt(3));
      default -> new IndexSpec.IvfPq(0, random.nextInt(6));
    };
  }

  Key key(TableSpec spec) {
    boolean isOfCrowd = isCrowded && random.nextBoolean();
    return key(spec, isOfCrowd ? KEYS + random.nextInt(CROWD_KEYS) : random.nextInt(KEYS));
  }

  private static Key key(TableSpec spec, int number) {
    return switch (spec.key()) {
      // Half of them negative as a signed number.
      case UINT64 -> Key.of(number % 2 == 0 ? number : -number);
      case STRING -> Key.of("k" + "é".repeat(number % 5) + number);
    };
  }

  List<Key> keys(TableSpec spec, int countMax) {
    List<Key> keys = new ArrayList<>();
    int count = 1 + random.nextInt(countMax);
    for (int i = 0; i < count; i++) {
      keys.add(key(spec));
    }
    return keys;
  }

  /// Rows to put or to update; a few are malformed.
  ///
  /// @param model knows the versions that a condition may name
  List<Row> rows(TableModel model, int countMax) {
    List<Row> rows = new ArrayList<>();
    int count = 1 + random.nextInt(countMax);
    for (int i = 0; i < count; i++) {
      rows.add(row(model));
    }
    return rows;
  }

  /// Well-formed rows without conditions, with keys that follow each other.
  List<Row> crowd(TableSpec spec) {
    List<Row> rows = new ArrayList<>();
    int first = random.nextInt(CROWD_KEYS);
    for (int i = 0; i < CROWD_ROWS; i++) {
      Map<String, float[]> vectors = new HashMap<>();
      spec.vectors().forEach((name, vector) -> vectors.put(name, vector(vector.dimension())));
      Duration timeToLive =
          random.nextInt(20) == 0 ? Duration.ofMillis(random.nextInt(15_000) + 1) : null;
      rows.add(
          new Row(
              key(spec, KEYS + (first + i) % CROWD_KEYS),
              vectors,
              fields(),
              Map.of(),
              null,
              timeToLive,
              null));
    }
    return rows;
  }

  private Row row(TableModel model) {
    TableSpec spec = model.spec();
    Key key = key(spec);
    if (random.nextInt(60) == 0 && spec.key() == KeyType.STRING) {
      key = Key.of("");
    }
    return new Row(
        key,
        vectors(spec),
        fields(),
        metadata(),
        random.nextInt(4) == 0 ? eventTime() : null,
        random.nextInt(5) == 0 ? Duration.ofMillis(1 + random.nextInt(15_000)) : null,
        random.nextInt(6) == 0 ? expectedVersion(model, key) : null);
  }

  /// What to merge into rows; a few assign malformed vectors. Since puts and updates set the
  /// metadata entry `m3` to whatever they like, counts often find no state there.
  List<RowMerge> merges(TableSpec spec, int countMax) {
    List<RowMerge> merges = new ArrayList<>();
    int count = 1 + random.nextInt(countMax);
    for (int i = 0; i < count; i++) {
      merges.add(
          new RowMerge(
              key(spec),
              Instant.ofEpochSecond(EPOCH_SECOND + random.nextInt(10_000)),
              operations(spec),
              random.nextInt(5) == 0 ? Duration.ofMillis(1 + random.nextInt(15_000)) : null));
    }
    return merges;
  }

  private List<MergeOperation> operations(TableSpec spec) {
    List<MergeOperation> operations = new ArrayList<>();
    VectorSpec near = spec.vectors().get("near");
    if (random.nextInt(3) == 0) {
      Map<String, float[]> vectors = vectors(spec);
      vectors.remove("near");
      Map<String, Value> metadata = metadata();
      metadata.remove("m3");
      operations.add(new MergeOperation.Assign(vectors, fields(), metadata));
    }
    if (near != null && random.nextBoolean()) {
      MergeOperation.Scaling scaling =
          random.nextInt(9) == 0 ? MergeOperation.Scaling.MEAN : MergeOperation.Scaling.UNIT;
      float[] vector = vector(near.dimension());
      operations.add(
          new MergeOperation.DecayedMean(
              "near", "taste", vector, 1 + random.nextInt(3), Duration.ofMinutes(10), scaling));
    }
    if (random.nextBoolean()) {
      CountWindow hour = new CountWindow("visits", Duration.ofHours(1));
      operations.add(new MergeOperation.Count("m3", random.nextInt(3), List.of(hour)));
    }
    if (operations.isEmpty()) {
      operations.add(new MergeOperation.AddToFilter("ids", Key.of(random.nextInt(30)), 4, 0.01));
    }
    return operations;
  }

  private @Nullable Long expectedVersion(TableModel model, Key key) {
    TableModel.ModelRow row = model.rows().get(key);
    if (row != null && random.nextInt(3) > 0) {
      return row.version();
    }
    return random.nextBoolean() ? 0 : 1L << 40; // A small one could be the write's own.
  }

  private Instant eventTime() {
    return Instant.ofEpochSecond(EPOCH_SECOND + random.nextInt(100), random.nextInt(1000) * 1000L);
  }

  private Map<String, float[]> vectors(TableSpec spec) {
    Map<String, float[]> vectors = new HashMap<>();
    spec.vectors()
        .forEach(
            (name, vector) -> {
              if (random.nextInt(6) > 0) {
                boolean isMalformed = random.nextInt(60) == 0;
                vectors.put(name, vector(vector.dimension() + (isMalformed ? 1 : 0)));
              }
            });
    return vectors;
  }

  float[] vector(int dimension) {
    float[] vector = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      // Few different values, so that equal distances are common; never all zero.
      vector[i] = random.nextInt(4) == 0 ? random.nextFloat() : 1 + random.nextInt(3);
    }
    return vector;
  }

  private Map<String, Value> fields() {
    Map<String, Value> fields = new HashMap<>();
    if (random.nextBoolean()) {
      fields.put("city", orNull(Value.of(CITIES.get(random.nextInt(CITIES.size())))));
    }
    if (random.nextBoolean()) {
      fields.put("price", orNull(Value.of(random.nextInt(20) / 2.0)));
    }
    if (random.nextInt(3) == 0) {
      fields.put("seen", orNull(new Value.Timestamp(random.nextLong(1L << 50))));
    }
    if (random.nextInt(3) == 0) {
      fields.put("tags", orNull(new Value.Array(List.of(Value.of("red"), Value.of("new")))));
    }
    return fields;
  }

  private Value orNull(Value value) {
    return random.nextInt(8) == 0 ? Value.Null.NULL : value;
  }

  private Map<String, Value> metadata() {
    Map<String, Value> metadata = new LinkedHashMap<>();
    int count = random.nextInt(3);
    for (int i = 0; i < count; i++) {
      String name = "m" + random.nextInt(4);
      metadata.put(
          name,
          switch (random.nextInt(4)) {
            case 0 -> Value.of(random.nextInt(5));
            case 1 -> Value.of("x".repeat(random.nextInt(200)));
            case 2 -> new Value.Entries(Map.of("inner", Value.of(random.nextBoolean())));
            default -> Value.Null.NULL;
          });
    }
    return metadata;
  }

  Filter filter() {
    Filter one =
        switch (random.nextInt(6)) {
          case 0 -> new Filter.Eq("city", Value.of(CITIES.get(random.nextInt(CITIES.size()))));
          case 1 -> new Filter.Gt("price", Value.of(random.nextInt(20) / 2.0));
          case 2 -> new Filter.In("m1", List.of(Value.of(1), Value.of(2), Value.of("")));
          case 3 -> new Filter.Exists("seen", random.nextBoolean());
          case 4 -> new Filter.Eq("tags", Value.of("red"));
          default -> new Filter.Ne("m0", Value.of(random.nextInt(5)));
        };
    return switch (random.nextInt(5)) {
      case 0 -> new Filter.Not(one);
      case 1 -> new Filter.And(List.of(one, filter()));
      case 2 -> new Filter.Or(List.of(one, filter()));
      default -> one;
    };
  }
}
