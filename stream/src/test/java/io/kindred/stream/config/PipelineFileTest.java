package io.kindred.stream.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.TableSpec;
import io.kindred.stream.TableReader;
import io.kindred.stream.config.EventDefinition.FieldKind;
import io.kindred.stream.config.PipelineDefinition.RetryDefinition;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PipelineFileTest {
  private static final String WHOLE =
      """
      pipeline: user-taste
      source:
        kafka:
          bootstrap: "localhost:9092"
          topics: [interactions, more]
          group: tastes
          from: latest
          properties: {security.protocol: SASL_SSL}
      event:
        format: json
        fields:
          user: {type: string, required: true}
          item: string
          action: {type: string, one_of: [view, buy]}
          amount: {type: float64, min: 0, max: 100000}
          at: {type: timestamp, required: true, from: meta.at}
          vec: {type: vector, dimension: 4}
        time: at
        late_by: 2d
        future_by: 1m
        bytes_max: 4096
      steps:
        - filter: {action: {$in: [view, buy]}}
        - filter: "amount > 5.0"
        - map: {weight: "action == 'buy' ? 5.0 : 1.0"}
        - lookup: {table: items, key: item, vector: embedding, fields: [category], as: liked, missing: skip}
        - taste: {vector: liked.embedding, into: embedding, weight: weight, half_life: 7d, scale: none}
        - seen: {id: item, into: seen, capacity: 1000, error_rate: 0.02}
        - count: {into: clicks, windows: {clicks_1h: 1h, clicks_1d: 1d}}
        - vector: {from: vec, into: other}
        - model: {file: user.onnx, inputs: {history: liked.embedding}, output: out, into: third, batch: 8}
      sink: {table: users, key: user, ttl: 30d, fields: {last: action}}
      dead_letters: {topic: interactions.dead}
      retry: {first: 200ms, most: 10s, attempts: 5}
      """;

  private static final TableReader NO_TABLES =
      json -> {
        throw new AssertionError(new String(json, StandardCharsets.UTF_8));
      };

  @TempDir private Path directory;

  private static PipelineDefinition parse(String text) {
    return PipelineFile.parse("p.yaml", text, NO_TABLES);
  }

  @Test
  void aWholeFileIsRead() {
    PipelineDefinition pipeline = parse(WHOLE);

    assertThat(pipeline.name().value()).isEqualTo("user-taste");
    SourceDefinition.Kafka kafka = (SourceDefinition.Kafka) pipeline.source();
    assertThat(kafka.topics()).extracting(Text::value).containsExactly("interactions", "more");
    assertThat(kafka.group()).isEqualTo("tastes");
    assertThat(kafka.from()).isEqualTo(SourceDefinition.From.LATEST);
    assertThat(kafka.properties()).isEqualTo(Map.of("security.protocol", "SASL_SSL"));
    assertThat(pipeline.event().fields()).hasSize(6);
    assertThat(pipeline.event().fields().get(4).from()).isEqualTo("meta.at");
    assertThat(pipeline.event().fields().get(5).kind()).isEqualTo(FieldKind.VECTOR);
    assertThat(pipeline.event().lateBy()).isEqualTo(Duration.ofDays(2));
    assertThat(pipeline.event().bytesMax()).isEqualTo(4096);
    assertThat(pipeline.steps())
        .extracting(StepDefinition::label)
        .containsExactly(
            "1 filter",
            "2 filter",
            "3 map",
            "4 lookup",
            "5 taste",
            "6 seen",
            "7 count",
            "8 vector",
            "9 model");
    assertThat(pipeline.steps().get(1)).isInstanceOf(StepDefinition.When.class);
    assertThat(pipeline.sink().timeToLive()).contains(Duration.ofDays(30));
    assertThat(pipeline.deadLetters()).isInstanceOf(DeadLetterDefinition.Topic.class);
    assertThat(pipeline.retry())
        .isEqualTo(new RetryDefinition(Duration.ofMillis(200), Duration.ofSeconds(10), 5));
  }

  @Test
  void whatIsLeftOutHasItsDefault() {
    PipelineDefinition pipeline =
        parse(
            """
            pipeline: p
            source: {push: {}}
            event: {fields: {user: string}}
            sink: {table: users, key: user, fields: [user]}
            """);

    assertThat(pipeline.source()).isEqualTo(new SourceDefinition.Push());
    assertThat(pipeline.event().lateBy()).isEqualTo(Duration.ofDays(1));
    assertThat(pipeline.event().futureBy()).isEqualTo(Duration.ofMinutes(5));
    assertThat(pipeline.deadLetters()).isNull();
    assertThat(pipeline.retry()).isEqualTo(RetryDefinition.DEFAULT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          group: tastes          | groop: tastes           | p.yaml:6:12: source.kafka.groop: unknown key (expected: one of bootstrap, topics, topic_pattern, group, from, properties)
          from: latest           | from: newest            | p.yaml:7:11: source.kafka.from: newest (expected: one of earliest, latest)
          item: string           | item: text              | p.yaml:13:11: event.fields.item: text (expected: one of string, int64, float64, bool, timestamp, string_list, vector)
          required: true, from   | required: yes, from     | p.yaml:16:37: event.fields.at.required: yes (expected: true or false)
          min: 0, max            | min: none, max          | p.yaml:15:34: event.fields.amount.min: none (expected: a finite number)
          late_by: 2d            | late_by: 2 days         | p.yaml:19:12: event.late_by: 2 days (expected: a duration such as 500ms, 60s, 5m, 12h or 7d)
          half_life: 7d          | half_life: 0s           | p.yaml:27:82: steps[4].taste.half_life: 0s (expected: a duration such as 500ms, 60s, 5m, 12h or 7d, more than none)
          missing: skip          | missing: ignore         | p.yaml:26:98: steps[3].lookup.missing: ignore (expected: one of dead_letter, skip, retry)
          - vector: {from: vec   | - vectors: {from: vec   | p.yaml:30:14: steps[7].vectors: unknown key (expected: one of filter, map, lookup, taste, seen, count, vector, model)
          capacity: 1000         | capacity: 0             | p.yaml:28:44: steps[5].seen.capacity: 0 (expected: an integer, 1 to 1000000)
          table: users, key      | key                     | p.yaml:32:7: sink.table: missing (expected: a value)
          pipeline: user-taste   | pipeline: 'user taste'  | p.yaml:1:11: pipeline: user taste (expected: 1 to 64 letters, digits, '_' or '-', not starting with '-')
          attempts: 5            | attempts: five          | p.yaml:34:44: retry.attempts: five (expected: an integer, 1 to 1000)
          {topic: interactions.  | {topics: interactions.  | p.yaml:33:24: dead_letters.topics: unknown key (expected: one of topic, file)
          format: json           | format: xml             | p.yaml:10:11: event.format: xml (expected: one of json, avro, protobuf)
          bytes_max: 4096        | bytes_max: 0            | p.yaml:21:14: event.bytes_max: 0 (expected: an integer, 1 to 33554432)
          """)
  void aMistakeIsNamedWithLineAndColumn(String right, String wrong, String message) {
    assertThat(WHOLE).contains(right);

    assertThatThrownBy(() -> parse(WHOLE.replace(right, wrong)))
        .isInstanceOfSatisfying(
            KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
        .hasMessage(message);
  }

  @Test
  void aKeyThatComesTwiceIsRefused() {
    assertThatThrownBy(() -> parse(WHOLE + "retry: {attempts: 3}\n"))
        .hasMessage("p.yaml:35:1: retry: a second time (expected: each key once)");
  }

  @Test
  void whatIsNoYamlIsRefusedWithItsPlace() {
    assertThatThrownBy(() -> parse("pipeline: [\n"))
        .hasMessageStartingWith("p.yaml:2:1: ")
        .hasMessageEndingWith("(expected: YAML)");
    assertThatThrownBy(() -> parse("")).hasMessage("p.yaml: empty (expected: a pipeline in YAML)");
    assertThatThrownBy(() -> parse("- a\n"))
        .hasMessage("p.yaml:1:1: pipeline: a list of 1 (expected: keys with values)");
  }

  @Test
  void exactlyOneSourceIsWanted() {
    assertThatThrownBy(() -> parse(WHOLE.replace("source:\n", "source:\n  push: {}\n")))
        .hasMessage("p.yaml:3:3: source: keys with values (expected: exactly one key)");
  }

  @Test
  void deadLettersAreRequiredWhereNobodyIsToldOfRejections() {
    assertThatThrownBy(() -> parse(WHOLE.replace("dead_letters: {topic: interactions.dead}\n", "")))
        .hasMessage(
            "p.yaml:1:1: dead_letters: missing (expected: {topic: …} or {file: …}, where events go"
                + " that cannot be processed)");
  }

  @Test
  void aTableToCreateIsReadAsTheApiReadsIt() {
    TableSpec spec = TableSpec.of("users", KeyType.STRING, Map.of(), Map.of());
    String[] seen = new String[1];
    PipelineDefinition pipeline =
        PipelineFile.parse(
            "p.yaml",
            WHOLE.replace(
                "fields: {last: action}}",
                "fields: {last: action}, create: {key: string, vectors: {embedding: {dimension: 4}},"
                    + " shards: 2}}"),
            json -> {
              seen[0] = new String(json, StandardCharsets.UTF_8);
              return spec;
            });

    assertThat(seen[0])
        .isEqualTo(
            "{\"name\":\"users\",\"key\":\"string\",\"vectors\":{\"embedding\":{\"dimension\":4}},"
                + "\"shards\":2}");
    assertThat(pipeline.sink().create()).contains(spec);
  }

  @Test
  void whatIsWrongWithATableToCreateIsNamedWithItsPlace() {
    String text = WHOLE.replace("fields: {last: action}}", "create: {shards: 0}}");

    assertThatThrownBy(
            () ->
                PipelineFile.parse(
                    "p.yaml",
                    text,
                    _ -> {
                      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "shards", 0, "1 to 64");
                    }))
        .hasMessage("p.yaml:32:51: sink.create.shards: 0 (expected: 1 to 64)");
  }

  @Test
  void aFileThatCannotBeReadIsNamed() throws Exception {
    assertThatThrownBy(() -> PipelineFile.read(directory.resolve("none.yaml"), NO_TABLES))
        .hasMessageEndingWith("none.yaml: cannot be read (expected: a pipeline in YAML)");
    Path bytes = Files.write(directory.resolve("latin.yaml"), new byte[] {(byte) 0xE4, '\n'});
    assertThatThrownBy(() -> PipelineFile.read(bytes, NO_TABLES))
        .hasMessageEndingWith("latin.yaml: not UTF-8 (expected: YAML in UTF-8)");
    Path large = Files.writeString(directory.resolve("large.yaml"), "#".repeat((1 << 20) + 1));
    assertThatThrownBy(() -> PipelineFile.read(large, NO_TABLES))
        .hasMessageEndingWith("large.yaml: 1048577 bytes (expected: at most 1048576)");
  }

  @Test
  void durationsAreReadAsPeopleWriteThem() {
    assertThat(List.of("500ms", "60s", "5m", "12h", "7d"))
        .map(it -> Durations.parse(it).orElseThrow())
        .containsExactly(
            Duration.ofMillis(500),
            Duration.ofSeconds(60),
            Duration.ofMinutes(5),
            Duration.ofHours(12),
            Duration.ofDays(7));
    assertThat(Durations.parse("36501d")).isEmpty();
    assertThat(Durations.parse("1w")).isEmpty();
  }
}
