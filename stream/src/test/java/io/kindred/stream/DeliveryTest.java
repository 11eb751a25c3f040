package io.kindred.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Key;
import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Value;
import io.kindred.stream.kafka.KafkaBroker;
import io.kindred.stream.kafka.SharedBroker;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Events of Kafka are applied once and in their order, however often they are read.
final class DeliveryTest {
  private static final int PARTITIONS = 4;

  @TempDir private Path directory;

  private static String pipeline(String topics, String more) {
    return """
        pipeline: p
        source: {kafka: {bootstrap: "%s", %s%s}}
        event:
          fields:
            user: {type: string, required: true}
            item: {type: string, required: true}
            action: {type: string, required: true}
            at: {type: timestamp, required: true}
          time: at
        steps:
          - lookup: {table: items, key: item, vector: embedding, as: liked}
          - taste: {vector: liked.embedding, into: embedding, half_life: 1h}
          - count: {into: clicks, windows: {clicks_1h: 1h, clicks_1d: 1d}}
        sink: {table: users, key: user, fields: {last_action: action}}
        dead_letters: {file: "unused.jsonl"}
        """
        .formatted(SharedBroker.get().bootstrap(), topics, more);
  }

  private String pipeline(String topic) {
    return pipeline("topics: " + topic, "").replace("unused.jsonl", directory + "/dead.jsonl");
  }

  private final Instant start = Instant.now().minusSeconds(600);

  private List<String> events(int from, int to) {
    List<String> events = new ArrayList<>();
    for (int i = from; i < to; i++) {
      String user = "user-" + i % 97;
      events.add(
          KafkaPipelineTest.event(user, i % 100, "action-" + i, start.plusMillis(i % 50 * 37 + i)));
    }
    return events;
  }

  private static Map<Key, StoredRow> rows(Fixture fixture) {
    Map<Key, StoredRow> rows = new LinkedHashMap<>();
    for (int i = 0; i < 97; i++) {
      StoredRow row = fixture.user("user-" + i);
      rows.put(row.key(), row);
    }
    return rows;
  }

  private static long clicks(Fixture fixture) {
    return rows(fixture).keySet().stream()
        .mapToLong(user -> fixture.count(user.toString(), "clicks_1d"))
        .sum();
  }

  @Test
  void whatIsReadAgainChangesNothing() {
    String topic = SharedBroker.topic(PARTITIONS);
    SharedBroker.get().produce(topic, events(0, 3000));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline(topic));
      fixture.awaitStatus("p", it -> it.counts().applied() == 3000);
      assertThat(clicks(fixture)).isEqualTo(3000);
      Map<Key, StoredRow> before = rows(fixture);

      // A group without offsets reads all of it again.
      fixture.pipelines.close();
      try (Pipelines again = Pipelines.open(fixture.store, Fixture.options())) {
        again.add("p.yaml", pipeline(topic).replace("topics:", "group: another, topics:"));
        Fixture.await(() -> again.status("p").counts().repeated() == 3000);
      }

      assertThat(rows(fixture)).usingRecursiveComparison().isEqualTo(before);
    }
  }

  @Test
  void eventsOfAKeyAreAppliedInTheirOrder() {
    String topic = SharedBroker.topic(PARTITIONS);
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline(topic));
      List<String> events = new ArrayList<>();
      for (int i = 0; i < 5000; i++) {
        events.add(KafkaPipelineTest.event("user-" + i % 10, 1, "action-" + i, start));
      }
      SharedBroker.get().produce(topic, events);
      fixture.awaitStatus("p", it -> it.counts().applied() == 5000);

      for (int user = 0; user < 10; user++) {
        assertThat(fixture.user("user-" + user).fields())
            .containsEntry("last_action", Value.of("action-" + (4990 + user)));
      }
    }
  }

  @Test
  void aRebalanceLosesNothingAndRepeatsNothing() throws Exception {
    String topic = SharedBroker.topic(PARTITIONS);
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline(topic));
      SharedBroker.get().produce(topic, events(0, 2000));
      fixture.awaitStatus("p", it -> it.partitions().size() == PARTITIONS);

      for (int round = 1; round <= 2; round++) {
        // Another member takes partitions, reads from them, acknowledges nothing, and goes.
        try (KafkaConsumer<byte[], byte[]> other = member("kindred-p")) {
          other.subscribe(List.of(topic));
          SharedBroker.get().produce(topic, events(round * 2000, round * 2000 + 2000));
          Fixture.await(
              () -> {
                other.poll(Duration.ofMillis(10));
                return other.assignment().size() == PARTITIONS / 2;
              });
          fixture.awaitStatus("p", it -> it.partitions().size() == PARTITIONS / 2);
        }
        fixture.awaitStatus("p", it -> it.partitions().size() == PARTITIONS);
      }

      fixture.awaitStatus("p", it -> it.lag() == 0 && it.counts().applied() == 6000);
      assertThat(clicks(fixture)).isEqualTo(6000);
    }
  }

  private static KafkaConsumer<byte[], byte[]> member(String group) {
    return new KafkaConsumer<>(
        Map.of(
            "bootstrap.servers",
            SharedBroker.get().bootstrap(),
            "group.id",
            group,
            "group.protocol",
            "consumer",
            "enable.auto.commit",
            false,
            "auto.offset.reset",
            "earliest",
            "key.deserializer",
            ByteArrayDeserializer.class,
            "value.deserializer",
            ByteArrayDeserializer.class));
  }

  @Test
  void aRestartGoesOnWhereItEnded() {
    String topic = SharedBroker.topic(PARTITIONS);
    SharedBroker.get().produce(topic, events(0, 1000));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline(topic));
      fixture.awaitStatus("p", it -> it.counts().applied() == 1000);
    }
    SharedBroker.get().produce(topic, events(1000, 1500));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline(topic));
      PipelineStatus status = fixture.awaitStatus("p", it -> it.counts().applied() == 500);
      assertThat(status.counts().repeated()).isZero();
      assertThat(clicks(fixture)).isEqualTo(1500);
    }
  }

  @Test
  void aResetBeginsAGenerationThatReadsFromThere() throws Exception {
    String topic = SharedBroker.topic(PARTITIONS);
    SharedBroker.get().produce(topic, events(0, 1000));
    Instant between = Instant.now();
    Fixture.await(() -> Instant.now().toEpochMilli() > between.toEpochMilli() + 1);
    SharedBroker.get().produce(topic, events(1000, 1200));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline(topic));
      fixture.awaitStatus("p", it -> it.counts().applied() == 1200);

      ResetResult reset = fixture.pipelines.reset("p", new StartAt.Time(between.plusMillis(1)));
      assertThat(reset.generation()).isEqualTo(2);
      fixture.awaitStatus("p", it -> it.counts().applied() == 1400);

      fixture.pipelines.reset("p", StartAt.Latest.LATEST);
      fixture.awaitStatus("p", it -> it.partitions().size() == PARTITIONS);
      SharedBroker.get().produce(topic, events(1200, 1210));
      fixture.awaitStatus("p", it -> it.counts().applied() == 1410);
      assertThat(fixture.pipelines.status("p").generation()).isEqualTo(3);
    }
  }

  @Test
  void topicsAreChosenByAPatternAlsoLaterOnes() {
    KafkaBroker broker = SharedBroker.get();
    broker.createTopic("pattern-a", 1);
    broker.produce("pattern-a", events(0, 10));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add(
          "p.yaml",
          pipeline("topic_pattern: \"pattern-.*\"", ", properties: {metadata.max.age.ms: \"500\"}")
              .replace("unused.jsonl", directory + "/dead.jsonl"));
      fixture.awaitStatus("p", it -> it.counts().applied() == 10);

      broker.createTopic("pattern-b", 2);
      broker.produce("pattern-b", events(10, 30));
      PipelineStatus status = fixture.awaitStatus("p", it -> it.counts().applied() == 30);
      assertThat(status.partitions())
          .extracting(PipelineStatus.Partition::topic)
          .isEqualTo(List.of("pattern-a", "pattern-b", "pattern-b"));
    }
  }

  @Test
  void deadLettersOfATopicAreReplayed() throws Exception {
    String topic = SharedBroker.topic(PARTITIONS);
    String dead = SharedBroker.topic(2);
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add(
          "p.yaml",
          pipeline(topic).replaceAll("dead_letters: .*", "dead_letters: {topic: " + dead + "}"));
      List<String> events = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        events.add(KafkaPipelineTest.event("user-" + i, 5000 + i % 2, "view", start));
      }
      SharedBroker.get().produce(topic, events);
      fixture.awaitStatus("p", it -> it.counts().deadLettered() == 20);
      assertThat(fixture.pipelines.deadLetters("p", 5)).hasSize(5);
      fixture.putItem("item-5000");

      assertThat(fixture.pipelines.replayDeadLetters("p"))
          .isEqualTo(new ReplayResult(20, 10, 0, 10));
      fixture.putItem("item-5001");
      assertThat(fixture.pipelines.replayDeadLetters("p"))
          .isEqualTo(new ReplayResult(10, 10, 0, 0));
      assertThat(fixture.pipelines.replayDeadLetters("p")).isEqualTo(new ReplayResult(0, 0, 0, 0));

      Set<String> users = new java.util.TreeSet<>();
      fixture
          .store
          .table("users")
          .scan(null, 1000, null, Projection.FIELDS)
          .rows()
          .forEach(
              row -> {
                assertThat(row.fields()).containsEntry("clicks_1h", Value.of(1));
                users.add(row.key().toString());
              });
      assertThat(users).hasSize(20);
    }
  }
}
