package io.kindred.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.stream.kafka.KafkaBroker;
import io.kindred.stream.kafka.SharedBroker;
import io.kindred.stream.model.OnnxFile;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.common.acl.AccessControlEntry;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.acl.AclPermissionType;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Whatever is wrong with an event or with what a pipeline depends on has a clear outcome, and good
/// events are neither lost nor held up by a bad one.
final class BadInputTest {
  @TempDir private Path directory;

  private static final String GOOD = "{\"user\":\"u\",\"item\":\"item-1\",\"vec\":[1,0,0,0]}";

  private String topic = "";
  private String steps = "";
  private String source = "";
  private String event = "";

  private String pipeline() {
    return """
        pipeline: p
        source: {kafka: {bootstrap: "%s", topics: %s%s}}
        event:
          fields:
            user: {type: string, required: true}
            item: string
            vec: vector
            index: int64
            amount: {type: float64, min: 0, max: 10}
            at: {type: timestamp}
          bytes_max: 500
        %s
        steps:
        %s
        sink: {table: users, key: user}
        dead_letters: {file: "%s"}
        retry: {first: 50ms, most: 500ms, attempts: 3}
        """
        .formatted(
            SharedBroker.get().bootstrap(),
            topic,
            source,
            event.indent(2).stripTrailing(),
            steps.indent(2).stripTrailing(),
            directory.resolve("dead.jsonl"));
  }

  /// Sends a bad event between two good ones, and returns the letter that it becomes.
  private DeadLetter between(String bad) throws Exception {
    topic = SharedBroker.topic(1);
    if (steps.isEmpty()) {
      steps =
          """
          - lookup: {table: items, key: item, vector: embedding, as: liked}
          - taste: {vector: liked.embedding, into: embedding, half_life: 7d}
          - count: {into: clicks, windows: {clicks_1h: 1h}}
          """;
    }
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline());
      SharedBroker.get().produce(topic, List.of("u|" + GOOD, "u|" + bad, "u|" + GOOD));

      PipelineStatus status =
          fixture.awaitStatus(
              "p", it -> it.counts().applied() == 2 && it.counts().deadLettered() == 1);

      assertThat(status.state()).isInstanceOf(PipelineState.Running.class);
      fixture.awaitStatus("p", it -> it.lag() == 0);
      List<DeadLetter> letters = fixture.pipelines.deadLetters("p", 10);
      assertThat(letters).hasSize(1);
      DeadLetter letter = letters.getFirst();
      assertThat(new String(letter.event().value(), UTF_8)).isEqualTo(bad);
      assertThat(letter.event().key()).isEqualTo("u".getBytes(UTF_8));
      assertThat(letter.event().position()).isEqualTo(new SourceRecord.Position(topic, 0, 1));
      return letter;
    }
  }

  private static void assertRejection(DeadLetter letter, String step, Fault fault, String reason) {
    assertThat(letter.rejection().step()).isEqualTo(step);
    assertThat(letter.rejection().code()).isEqualTo(fault.name());
    assertThat(letter.rejection().reason()).contains(reason);
  }

  @Test
  void aMalformedEventBecomesADeadLetter() throws Exception {
    assertRejection(between("{\"user\":"), "decode", Fault.MALFORMED, "(expected: JSON)");
  }

  @Test
  void anOversizedEventBecomesADeadLetter() throws Exception {
    assertRejection(
        between("{\"user\":\"" + "x".repeat(600) + "\"}"),
        "decode",
        Fault.TOO_LARGE,
        "event: 611 bytes (expected: at most 500)");
  }

  @Test
  void aValueOutOfRangeBecomesADeadLetter() throws Exception {
    assertRejection(
        between("{\"user\":\"u\",\"amount\":11}"),
        "decode",
        Fault.OUT_OF_RANGE,
        "amount: 11 (expected: at most 10)");
  }

  @Test
  void anEventAheadOfTheClockBecomesADeadLetter() throws Exception {
    event = "time: at";
    String at = "\"at\":\"" + Instant.now().plusSeconds(3600) + "\"";
    String now = "\"at\":\"" + Instant.now() + "\"";
    withTime(at, now, Fault.FUTURE, "after now");
  }

  @Test
  void anEventBehindTheWatermarkBecomesADeadLetter() throws Exception {
    event = "time: at\nlate_by: 1h";
    String at = "\"at\":\"" + Instant.now().minus(Duration.ofHours(2)) + "\"";
    String now = "\"at\":\"" + Instant.now() + "\"";
    withTime(at, now, Fault.LATE, "before the latest event");
  }

  private void withTime(String bad, String good, Fault fault, String reason) throws Exception {
    topic = SharedBroker.topic(1);
    steps = "- count: {into: clicks, windows: {clicks_1h: 1h}}";
    String head = "u|{\"user\":\"u\",";
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add(
          "p.yaml",
          pipeline().replace("at: {type: timestamp}", "at: {type: timestamp, required: true}"));
      SharedBroker.get()
          .produce(topic, List.of(head + good + "}", head + bad + "}", head + good + "}"));

      fixture.awaitStatus("p", it -> it.counts().applied() == 2 && it.counts().deadLettered() == 1);

      assertRejection(fixture.pipelines.deadLetters("p", 1).getFirst(), "decode", fault, reason);
    }
  }

  @Test
  void anEventWithAnUnknownKeyBecomesADeadLetter() throws Exception {
    assertRejection(
        between("{\"user\":\"u\",\"item\":\"item-1000\"}"),
        "1 lookup",
        Fault.UNKNOWN_KEY,
        "item: item-1000 has no row (expected: one in table items)");
  }

  @Test
  void aVectorOfAnotherDimensionBecomesADeadLetter() throws Exception {
    steps = "- vector: {from: vec, into: embedding}";
    assertRejection(
        between("{\"user\":\"u\",\"vec\":[1,2,3]}"),
        "1 vector",
        Fault.DIMENSION_MISMATCH,
        "vec: dimension: 3 (expected: 4)");
  }

  @Test
  void aVectorWithoutALengthIsRefusedByTheTable() throws Exception {
    steps = "- vector: {from: vec, into: embedding}";
    DeadLetter letter = between("{\"user\":\"u\",\"vec\":[0,0,0,0]}");
    assertThat(letter.rejection().step()).isEqualTo("write");
    assertThat(letter.rejection().code()).isEqualTo("INVALID_VECTOR");
  }

  private Path write(OnnxFile model) throws Exception {
    return model.write(directory.resolve("m.onnx"));
  }

  @Test
  void aNumberThatIsNoneFromAModelBecomesADeadLetter() throws Exception {
    Path file =
        write(
            new OnnxFile()
                .input("history", OnnxFile.FLOAT, -1, 4)
                .node("Sqrt", "vector", "history")
                .output("vector", OnnxFile.FLOAT, -1, 4));
    steps =
        "- model: {file: \"%s\", inputs: {history: vec}, output: vector, into: embedding}"
            .formatted(file);
    assertRejection(
        betweenWithDimension("{\"user\":\"u\",\"vec\":[-1,0,0,0]}"),
        "1 model",
        Fault.INVALID_VECTOR,
        "vector[0]: NaN (expected: a finite number)");
  }

  private DeadLetter betweenWithDimension(String bad) throws Exception {
    topic = SharedBroker.topic(1);
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add(
          "p.yaml", pipeline().replace("vec: vector", "vec: {type: vector, dimension: 4}"));
      SharedBroker.get().produce(topic, List.of("u|" + GOOD, "u|" + bad, "u|" + GOOD));
      PipelineStatus status =
          fixture.awaitStatus(
              "p", it -> it.counts().applied() == 2 && it.counts().deadLettered() == 1);
      assertThat(status.state()).isInstanceOf(PipelineState.Running.class);
      return fixture.pipelines.deadLetters("p", 10).getFirst();
    }
  }

  @Test
  void anEventForWhichAModelFailsBecomesADeadLetter() throws Exception {
    Path file =
        write(
            new OnnxFile()
                .input("item", OnnxFile.INT64, -1)
                .constant("rows", new float[][] {{1, 2, 3, 4}, {5, 6, 7, 8}})
                .node("Gather", "vector", "rows", "item")
                .output("vector", OnnxFile.FLOAT, -1, 4));
    steps =
        "- model: {file: \"%s\", inputs: {item: index}, output: vector, into: embedding}"
            .formatted(file);
    topic = SharedBroker.topic(1);
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline());
      SharedBroker.get()
          .produce(
              topic,
              List.of(
                  "u|{\"user\":\"u\",\"index\":1}",
                  "u|{\"user\":\"v\",\"index\":99}",
                  "u|{\"user\":\"w\",\"index\":0}"));

      fixture.awaitStatus("p", it -> it.counts().applied() == 2 && it.counts().deadLettered() == 1);

      assertRejection(
          fixture.pipelines.deadLetters("p", 1).getFirst(),
          "1 model",
          Fault.MODEL_FAILED,
          "idx=99");
      assertThat(fixture.user("u").vectors().get("embedding")).containsExactly(5, 6, 7, 8);
    }
  }

  @Test
  void aModelThatIsMissingOrDoesNotFitFailsThePipelineUntilItIsPutRight() throws Exception {
    topic = SharedBroker.topic(1);
    Path file = directory.resolve("m.onnx");
    steps =
        "- model: {file: \"%s\", inputs: {history: vec}, output: vector, into: embedding}"
            .formatted(file);
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add(
          "p.yaml", pipeline().replace("vec: vector", "vec: {type: vector, dimension: 4}"));
      SharedBroker.get().produce(topic, List.of("u|" + GOOD));

      assertThat(failure(fixture))
          .contains("m.onnx (expected: a file in ONNX format; there is none)");

      OnnxFile.doubling(3).write(file);
      fixture.pipelines.resume("p");
      Fixture.await(() -> failure(fixture).contains("dimension 4"));
      assertThat(failure(fixture)).contains("output: vector (expected: an output of dimension 4");

      OnnxFile.doubling(4).write(file);
      fixture.pipelines.resume("p");
      fixture.awaitStatus("p", it -> it.counts().applied() == 1);
    }
  }

  private static String failure(Fixture fixture) {
    return fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Failed).state()
            instanceof PipelineState.Failed failed
        ? failed.reason()
        : "";
  }

  private static String breakage(Fixture fixture) {
    return fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Broken).state()
            instanceof PipelineState.Broken broken
        ? broken.reason()
        : "";
  }

  @Test
  void aTopicThatDoesNotExistBreaksThePipelineUntilItDoes() {
    topic = "no-such-topic";
    steps = "- count: {into: clicks, windows: {clicks_1h: 1h}}";
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline());

      assertThat(breakage(fixture))
          .isEqualTo(
              "topic: no-such-topic (expected: one that exists on "
                  + SharedBroker.get().bootstrap()
                  + ")");

      SharedBroker.get().createTopic(topic, 1);
      SharedBroker.get().produce(topic, List.of("u|" + GOOD));
      fixture.awaitStatus("p", it -> it.counts().applied() == 1);
    }
  }

  @Test
  void aTableThatDoesNotExistBreaksThePipelineUntilItDoes() {
    topic = SharedBroker.topic(1);
    steps = "- count: {into: clicks, windows: {clicks_1h: 1h}}";
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.store.dropTable("users");
      fixture.pipelines.add("p.yaml", pipeline());
      SharedBroker.get().produce(topic, List.of("u|" + GOOD));

      assertThat(breakage(fixture)).startsWith("p.yaml:").contains("users");

      fixture.store.createTable(
          TableSpec.of("users", KeyType.STRING, Map.of(), Map.of("clicks_1h", FieldType.INT64)));
      fixture.awaitStatus("p", it -> it.counts().applied() == 1);
    }
  }

  @Test
  void aTableThatIsDroppedWhileEventsComeBreaksThePipelineUntilItIsThereAgain() {
    topic = SharedBroker.topic(1);
    steps = "- count: {into: clicks, windows: {clicks_1h: 1h}}";
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add("p.yaml", pipeline());
      SharedBroker.get().produce(topic, List.of("u|" + GOOD));
      fixture.awaitStatus("p", it -> it.counts().applied() == 1);

      fixture.store.dropTable("users");
      SharedBroker.get().produce(topic, List.of("u|" + GOOD));
      assertThat(breakage(fixture)).contains("users");

      fixture.store.createTable(
          TableSpec.of(
              "users",
              KeyType.STRING,
              Map.of("embedding", new VectorSpec(4, Metric.DOT, new IndexSpec.Flat())),
              Map.of("clicks_1h", FieldType.INT64)));
      fixture.awaitStatus("p", it -> it.counts().applied() == 2);
    }
  }

  @Test
  void aPlaceForDeadLettersThatIsMissingHoldsEventsBackUntilItIsThere() throws Exception {
    topic = SharedBroker.topic(1);
    steps = "- count: {into: clicks, windows: {clicks_1h: 1h}}";
    try (Fixture fixture = Fixture.open(directory)) {
      fixture.pipelines.add(
          "p.yaml",
          pipeline()
              .replaceAll("dead_letters: .*", "dead_letters: {topic: no-such-letters}")
              .replace(topic + "}", topic + ", properties: {max.block.ms: \"500\"}}"));
      SharedBroker.get().produce(topic, List.of("u|" + GOOD, "u|nonsense", "u|" + GOOD));

      assertThat(breakage(fixture)).contains("no-such-letters");
      assertThat(fixture.pipelines.status("p").circuits())
          .hasEntrySatisfying(
              "dead_letters",
              it -> {
                assertThat(it.state()).isEqualTo(PipelineStatus.CircuitState.OPEN);
                assertThat(it.retries()).isPositive();
                assertThat(it.waiting()).isEqualTo(1);
              });

      SharedBroker.get().createTopic("no-such-letters", 1);
      fixture.awaitStatus(
          "p",
          it ->
              it.counts().applied() == 2
                  && it.counts().deadLettered() == 1
                  && it.state() instanceof PipelineState.Running);
      assertThat(fixture.pipelines.deadLetters("p", 10)).hasSize(1);
    }
  }

  @Test
  void aPipelineWithoutPermissionIsBrokenUntilItIsGranted() throws Exception {
    try (KafkaBroker broker = KafkaBroker.startSecured(directory.resolve("broker"));
        Fixture fixture = Fixture.open(directory)) {
      broker.createTopic("guarded", 1);
      broker.produce("guarded", List.of("u|" + GOOD));
      topic = "guarded";
      steps = "- count: {into: clicks, windows: {clicks_1h: 1h}}";
      StringBuilder login = new StringBuilder(", properties: {");
      KafkaBroker.login("reader")
          .forEach((name, value) -> login.append("%s: '%s', ".formatted(name, value)));
      source = login.append("client.id: kindred}").toString();
      fixture.pipelines.add(
          "p.yaml", pipeline().replace(SharedBroker.get().bootstrap(), broker.bootstrap()));

      assertThat(breakage(fixture)).containsIgnoringCase("not authorized").contains("guarded");

      allow(broker, ResourceType.TOPIC, "guarded");
      Fixture.await(() -> breakage(fixture).contains("kindred-p"));

      allow(broker, ResourceType.GROUP, "kindred-p");
      fixture.awaitStatus("p", it -> it.counts().applied() == 1);
    }
  }

  private static void allow(KafkaBroker broker, ResourceType type, String name) throws Exception {
    try (Admin admin = broker.admin()) {
      admin
          .createAcls(
              List.of(
                  new AclBinding(
                      new ResourcePattern(type, name, PatternType.LITERAL),
                      new AccessControlEntry(
                          "User:reader", "*", AclOperation.ALL, AclPermissionType.ALLOW))))
          .all()
          .get();
    }
  }

  @Test
  void aBrokerThatVanishesIsNamedAndNothingIsLost() {
    try (KafkaBroker broker = KafkaBroker.start(directory.resolve("broker"));
        Fixture fixture = Fixture.open(directory)) {
      broker.createTopic("events", 2);
      topic = "events";
      steps = "- count: {into: clicks, windows: {clicks_1h: 1h}}";
      fixture.pipelines.add(
          "p.yaml", pipeline().replace(SharedBroker.get().bootstrap(), broker.bootstrap()));
      broker.produce("events", List.of("u|" + GOOD, "v|" + GOOD));
      fixture.awaitStatus("p", it -> it.counts().applied() == 2);

      broker.kill();
      PipelineStatus status =
          fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Retrying);
      assertThat(((PipelineState.Retrying) status.state()).reason())
          .contains("brokers: " + broker.bootstrap())
          .contains("(expected: an answer)");

      broker.restart();
      broker.produce("events", List.of("u|" + GOOD, "v|" + GOOD));
      fixture.awaitStatus(
          "p", it -> it.counts().applied() == 4 && it.state() instanceof PipelineState.Running);
      assertThat(fixture.findUser("u")).isPresent();
    }
  }
}
