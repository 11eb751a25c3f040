package io.kindred.bench.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kindred.bench.store.Pace;
import io.kindred.bench.store.Writes;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// Made-up users who view and buy made-up items. Immutable.
///
/// @param malformedShare of the events
record Interactions(int users, int items, int dimension, double malformedShare) {
  private static final int ITEMS_A_WRITE = 1000;

  /// Makes the tables `items`, filled, and `users`, empty.
  void createTables(Store store, IndexSpec usersIndex) {
    Table table =
        store.createTable(
            TableSpec.of(
                "items",
                KeyType.STRING,
                Map.of("embedding", new VectorSpec(dimension, Metric.COSINE, new IndexSpec.Flat())),
                Map.of()));
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int item = 0; item < items; item++) {
      float[] vector = new float[dimension];
      for (int i = 0; i < dimension; i++) {
        vector[i] = (float) random.nextGaussian();
      }
      rows.add(Row.of(Key.of("item-" + item), Map.of("embedding", vector), Map.of(), Map.of()));
      if (rows.size() == ITEMS_A_WRITE || item == items - 1) {
        int count = rows.size();
        Writes.await(table.write(new Mutation.Put(List.copyOf(rows), null)), count);
        rows.clear();
      }
    }
    store.createTable(
        TableSpec.of(
            "users",
            KeyType.STRING,
            Map.of("embedding", new VectorSpec(dimension, Metric.COSINE, usersIndex)),
            Map.of("last_action", FieldType.STRING)));
  }

  /// Sends events, keyed by their user.
  ///
  /// @param perSecond how many; 0 for as fast as it goes
  void produce(String bootstrap, String topic, int count, int perSecond, long seed) {
    Random random = new Random(seed);
    try (EventProducer producer = new EventProducer(bootstrap, topic)) {
      Pace pace = new Pace(perSecond == 0 ? Double.POSITIVE_INFINITY : perSecond);
      for (int i = 0; i < count; i++) {
        pace.await(i);
        String user = "user-" + random.nextInt(users);
        producer.send(user, event(random, user));
      }
    }
  }

  private byte[] event(Random random, String user) {
    if (random.nextDouble() < malformedShare) {
      return ("{\"user\":\"" + user + "\",\"item\":").getBytes(UTF_8);
    }
    return "{\"user\":\"%s\",\"item\":\"item-%d\",\"action\":\"%s\",\"at\":\"%s\"}"
        .formatted(
            user, random.nextInt(items), random.nextInt(5) == 0 ? "buy" : "view", Instant.now())
        .getBytes(UTF_8);
  }

  /// The pipeline from a topic's events to the users' tastes.
  static String pipeline(String name, String bootstrap, String topic) {
    return """
        pipeline: %s
        source: {kafka: {bootstrap: "%s", topics: %s}}
        event:
          fields:
            user: {type: string, required: true}
            item: {type: string, required: true}
            action: {type: string, required: true, one_of: [view, buy]}
            at: {type: timestamp, required: true}
          time: at
        steps:
          - map: {weight: "action == 'buy' ? 5.0 : 1.0"}
          - lookup: {table: items, key: item, vector: embedding, as: liked}
          - taste: {vector: liked.embedding, into: embedding, weight: weight, half_life: 7d}
        sink: {table: users, key: user, fields: {last_action: action}}
        dead_letters: {topic: %s.dead}
        """
        .formatted(name, bootstrap, topic, topic);
  }
}
