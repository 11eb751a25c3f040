package io.kindred.bench.pipeline;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.kindred.bench.store.Pace;
import io.kindred.bench.store.Writes;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/// The books in a store, and what people do as events of a topic. Thread-safe.
final class BookShop {
  static final String PIPELINE = "books";
  static final String ITEMS = "items";
  private static final int ROWS_A_WRITE = 1_000;

  /// The set has an order and no times.
  private static final Instant FIRST = Instant.parse("2020-01-01T00:00:00Z");

  private static final Duration STEP = Duration.ofHours(1);

  private final Books books;
  private final String bootstrap;

  BookShop(Books books, String bootstrap) {
    this.books = books;
    this.bootstrap = bootstrap;
  }

  /// Makes the tables `items`, filled and indexed, and `users`, empty.
  ///
  /// @param lengthPower to which the inverse of a book's length is raised, for its weight: long
  ///   vectors are those of popular books
  void createTables(Store store, double lengthPower) {
    int dimension = books.items().getFirst().length;
    Table items =
        store.createTable(
            TableSpec.of(
                ITEMS,
                KeyType.UINT64,
                Map.of("embedding", new VectorSpec(dimension, Metric.DOT, IndexSpec.Hnsw.DEFAULT)),
                Map.of("weight", FieldType.FLOAT64)));
    List<Row> rows = new ArrayList<>();
    for (int book = 0; book < books.items().size(); book++) {
      float[] vector = books.items().get(book);
      Value weight = Value.of(lengthWeight(vector, lengthPower));
      rows.add(
          Row.of(Key.of(book), Map.of("embedding", vector), Map.of("weight", weight), Map.of()));
    }
    for (int from = 0; from < rows.size(); from += ROWS_A_WRITE) {
      List<Row> some = rows.subList(from, Math.min(rows.size(), from + ROWS_A_WRITE));
      Writes.await(Writes.put(items, some), some.size());
    }
    items.fold();
    store.createTable(
        TableSpec.of(
            "users",
            KeyType.UINT64,
            Map.of("embedding", new VectorSpec(dimension, Metric.DOT, new IndexSpec.Flat())),
            Map.of()));
  }

  /// What a book weighs: `1 / length^power`.
  static double lengthWeight(float[] vector, double power) {
    double square = 0;
    for (float component : vector) {
      square += (double) component * component;
    }
    return Math.pow(Math.max(Math.sqrt(square), 1e-6), -power);
  }

  /// Sends all that was taken: everybody's first book, an hour later their second, and so on.
  void replay() {
    int most = books.taken().values().stream().mapToInt(List::size).max().orElse(0);
    try (EventProducer producer = new EventProducer(bootstrap, PIPELINE)) {
      for (int place = 0; place < most; place++) {
        Instant at = FIRST.plus(STEP.multipliedBy(place));
        for (Map.Entry<Integer, List<Integer>> user : books.taken().entrySet()) {
          if (place < user.getValue().size()) {
            send(producer, user.getKey(), user.getValue().get(place), at);
          }
        }
      }
    }
  }

  /// Sends events of people and books drawn at random, so many a second.
  void live(int count, int perSecond, long seed) {
    Random random = new Random(seed);
    List<Integer> users = List.copyOf(books.taken().keySet());
    try (EventProducer producer = new EventProducer(bootstrap, PIPELINE)) {
      Pace pace = new Pace(perSecond);
      for (int i = 0; i < count; i++) {
        pace.await(i);
        int user = users.get(random.nextInt(users.size()));
        send(producer, user, random.nextInt(books.items().size()), Instant.now());
      }
    }
  }

  private static void send(EventProducer producer, int user, int book, Instant at) {
    producer.send(
        Integer.toString(user),
        "{\"user\":%d,\"item\":%d,\"at\":\"%s\"}".formatted(user, book, at).getBytes(UTF_8));
  }

  /// The pipeline from the topic's events to tastes and what was seen.
  ///
  /// @param halfLife in events of one person
  String pipeline(int halfLife) {
    return """
        pipeline: %s
        source: {kafka: {bootstrap: "%s", topics: %s}}
        event:
          fields:
            user: {type: int64, required: true}
            item: {type: int64, required: true}
            at: {type: timestamp, required: true}
          time: at
        steps:
          - lookup: {table: items, key: item, vector: embedding, fields: [weight], as: liked}
          - taste: {vector: liked.embedding, into: embedding, weight: liked.weight, half_life: %dh, scale: none}
          - seen: {id: item, into: seen, capacity: 250}
        sink: {table: users, key: user}
        dead_letters: {topic: %s.dead}
        """
        .formatted(PIPELINE, bootstrap, PIPELINE, halfLife, PIPELINE);
  }
}
