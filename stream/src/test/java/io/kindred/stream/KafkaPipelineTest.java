package io.kindred.stream;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.StoredRow;
import io.kindred.stream.kafka.SharedBroker;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A pipeline from Kafka to the users' tastes.
final class KafkaPipelineTest {
  @TempDir private Path directory;

  static String taste(String topic, String letters) {
    return """
        pipeline: user-taste
        source:
          kafka: {bootstrap: "%s", topics: %s}
        event:
          fields:
            user: {type: string, required: true}
            item: {type: string, required: true}
            action: {type: string, required: true, one_of: [view, buy, hide]}
            at: {type: timestamp, required: true}
          time: at
        steps:
          - filter: {action: {$in: [view, buy]}}
          - map: {weight: "action == 'buy' ? 5.0 : 1.0"}
          - lookup: {table: items, key: item, vector: embedding, fields: [category], as: liked}
          - taste: {vector: liked.embedding, into: embedding, weight: weight, half_life: 7d}
          - seen: {id: item, into: seen, capacity: 1000}
          - count: {into: clicks, windows: {clicks_1h: 1h, clicks_1d: 1d}}
        sink: {table: users, key: user, fields: {last_action: action}}
        dead_letters: %s
        """
        .formatted(SharedBroker.get().bootstrap(), topic, letters);
  }

  static String event(String user, int item, String action, Instant at) {
    return "%s|{\"user\":\"%s\",\"item\":\"item-%d\",\"action\":\"%s\",\"at\":\"%s\"}"
        .formatted(user, user, item, action, at);
  }

  @Test
  void tastesFollowTheEventsOfATopic() {
    String topic = SharedBroker.topic(3);
    String dead = SharedBroker.topic(1);
    Instant now = Instant.now();
    List<String> events = new ArrayList<>();
    for (int i = 0; i < 3000; i++) {
      events.add(
          event(
              "user-" + i % 50, i % 100, i % 3 == 0 ? "buy" : "view", now.minusSeconds(3000 - i)));
    }
    events.add(event("user-1", 5, "hide", now));
    events.add("user-1|not json");
    events.add(event("user-1", 1234, "view", now));
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("taste.yaml", taste(topic, "{topic: " + dead + "}"));
      SharedBroker.get().produce(topic, events);

      PipelineStatus status =
          fixture.awaitStatus(
              "user-taste", it -> it.counts().applied() == 3000 && it.counts().deadLettered() == 2);

      assertThat(status.state()).isInstanceOf(PipelineState.Running.class);
      assertThat(status.counts().received()).isEqualTo(3003);
      StoredRow user = fixture.user("user-1");
      assertThat(user.vectors()).containsKey("embedding");
      assertThat(user.fields()).containsKeys("clicks_1h", "clicks_1d", "last_action");
    }
  }
}
