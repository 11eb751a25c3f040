package io.kindred.stream;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.stream.PushRequest.Identity;
import io.opentelemetry.sdk.testing.junit5.OpenTelemetryExtension;
import io.opentelemetry.sdk.trace.data.SpanData;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Events that callers push.
final class PushPipelineTest {
  @RegisterExtension
  private static final OpenTelemetryExtension TRACES = OpenTelemetryExtension.create();

  @TempDir private Path directory;

  private String pipeline() {
    return """
        pipeline: p
        source: {push: {}}
        event:
          fields:
            user: {type: string, required: true}
            item: string
            at: {type: timestamp, required: true}
          time: at
        steps:
          - filter: "user != 'bot'"
          - lookup: {table: items, key: item, vector: embedding, as: liked}
          - taste: {vector: liked.embedding, into: embedding, half_life: 7d}
          - count: {into: clicks, windows: {clicks_1h: 1h, clicks_1d: 1d}}
        sink: {table: users, key: user}
        dead_letters: {file: "%s"}
        retry: {first: 10ms, most: 200ms, attempts: 3}
        """
        .formatted(directory.resolve("dead.jsonl"));
  }

  private static byte[] event(String user, String item, String at) {
    return "{\"user\":\"%s\",\"item\":\"%s\",\"at\":\"%s\"}"
        .formatted(user, item, at)
        .getBytes(UTF_8);
  }

  private static byte[] event(String user) {
    return event(user, "item-1", "2026-01-31T10:00:00Z");
  }

  private Fixture open() {
    Fixture fixture = Fixture.open(directory);
    fixture.pipelines.add("p.yaml", pipeline());
    fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Running);
    return fixture;
  }

  @Test
  void anAnswerComesOnceTheEventsAreSearchable() throws Exception {
    try (Fixture fixture = open()) {
      PushResult result =
          fixture
              .pipelines
              .push(
                  "p",
                  PushRequest.of(
                      List.of(
                          event("u"),
                          event("bot"),
                          "nonsense".getBytes(UTF_8),
                          event("u", "item-1000", "2026-01-31T10:00:00Z"),
                          event("v"))))
              .get();

      assertThat(result.accepted()).isEqualTo(2);
      assertThat(result.dropped()).isEqualTo(1);
      assertThat(result.rejected())
          .extracting(it -> it.index() + " " + it.rejection().code())
          .containsExactly("2 MALFORMED", "3 UNKNOWN_KEY");
      assertThat(result.token()).isPresent();
      assertThat(fixture.count("u", "clicks_1h")).isEqualTo(1);
      assertThat(fixture.user("v").vectors()).containsKey("embedding");
      assertThat(fixture.pipelines.deadLetters("p", 10)).hasSize(2);
    }
  }

  @Test
  void aRequestThatComesAgainIsAppliedOnce() throws Exception {
    PushRequest request =
        new PushRequest(
            List.of(event("u"), event("u"), "nonsense".getBytes(UTF_8)),
            Optional.of(new Identity("web-1", 7)),
            Optional.empty());
    try (Fixture fixture = open()) {
      PushResult first = fixture.pipelines.push("p", request).get();
      PushResult second = fixture.pipelines.push("p", request).get();

      assertThat(second.accepted()).isEqualTo(first.accepted()).isEqualTo(2);
      assertThat(fixture.count("u", "clicks_1h")).isEqualTo(2);
    }
    try (Fixture fixture = open()) {
      fixture.pipelines.push("p", request).get();
      assertThat(fixture.count("u", "clicks_1h")).isEqualTo(2);
      fixture
          .pipelines
          .push(
              "p",
              new PushRequest(
                  request.events(), Optional.of(new Identity("web-1", 8)), Optional.empty()))
          .get();
      assertThat(fixture.count("u", "clicks_1h")).isEqualTo(4);
    }
  }

  @Test
  void whatDoesNotFitARequestIsRefusedAsAWhole() {
    assertThatThrownBy(() -> PushRequest.of(List.of()))
        .hasMessage("events: 0 (expected: 1 to 10000)");
    assertThatThrownBy(() -> PushRequest.of(List.of(new byte[(32 << 20) + 1])))
        .hasMessage("events: 33554433 bytes (expected: at most 33554432)");
    assertThatThrownBy(() -> new Identity("a b", 1)).hasMessageStartingWith("producer: a b");
    try (Fixture fixture = open()) {
      assertThatThrownBy(() -> fixture.pipelines.push("q", PushRequest.of(List.of(event("u")))))
          .isInstanceOfSatisfying(
              KindredException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.PIPELINE_NOT_FOUND))
          .hasMessage("pipeline: q (expected: one of [p])");
    }
  }

  @Test
  void aPausedPipelineTakesNoEvents() throws Exception {
    try (Fixture fixture = open()) {
      fixture.pipelines.pause("p", "anna");

      assertThatThrownBy(() -> fixture.pipelines.push("p", PushRequest.of(List.of(event("u")))))
          .hasMessage("pipeline: p is paused (expected: one that is running)");

      fixture.pipelines.resume("p");
      fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Running);
      assertThat(fixture.pipelines.push("p", PushRequest.of(List.of(event("u")))).get().accepted())
          .isEqualTo(1);
    }
  }

  @Test
  void deadLettersAreReadWhileThePipelineIsPaused() throws Exception {
    try (Fixture fixture = open()) {
      fixture.pipelines.push("p", PushRequest.of(List.of("nonsense".getBytes(UTF_8)))).get();
      fixture.pipelines.pause("p", "anna");

      assertThat(fixture.pipelines.deadLetters("p", 10))
          .extracting(it -> it.rejection().code())
          .containsExactly("MALFORMED");
      assertThat(fixture.pipelines.deadLetters("p", 10)).hasSize(1);

      Files.delete(directory.resolve("dead.jsonl"));
      assertThat(fixture.pipelines.deadLetters("p", 10)).isEmpty();
    }
  }

  @Test
  void aResetAnswersHoweverSoonThePipelineWouldStartAgain() throws Exception {
    try (Fixture fixture = open()) {
      for (int generation = 2; generation <= 12; generation++) {
        ResetResult reset = fixture.pipelines.reset("p", StartAt.Latest.LATEST);

        assertThat(reset.generation()).isEqualTo(generation);
        fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Running);
      }
    }
  }

  @Test
  void howLongADeadLetterLayDoesNotCountAsFreshness() throws Exception {
    try (Fixture fixture = open()) {
      String item = "item-1000";
      PushRequest unknown = PushRequest.of(List.of(event("u", item, "2026-01-31T10:00:00Z")));
      fixture.pipelines.push("p", unknown).get();
      fixture.putItem(item);

      assertThat(fixture.pipelines.replayDeadLetters("p").applied()).isEqualTo(1);
      fixture.awaitStatus("p", it -> it.counts().applied() == 1);
      assertThat(fixture.pipelines.status("p").latency().samples()).isZero();

      fixture.pipelines.push("p", PushRequest.of(List.of(event("u")))).get();
      fixture.awaitStatus("p", it -> it.latency().samples() == 1);
    }
  }

  @Test
  void tooManyRequestsAtOnceAreRefused() {
    try (Fixture fixture = open()) {
      List<byte[]> events = new ArrayList<>();
      for (int i = 0; i < 2000; i++) {
        events.add(event("user-" + i));
      }
      List<CompletableFuture<PushResult>> results = new ArrayList<>();
      for (int i = 0; i < 500; i++) {
        results.add(fixture.pipelines.push("p", PushRequest.of(events)));
      }

      int refused = 0;
      for (CompletableFuture<PushResult> result : results) {
        try {
          assertThat(result.join().accepted()).isEqualTo(2000);
        } catch (CompletionException e) {
          assertThat(e.getCause())
              .isInstanceOfSatisfying(
                  KindredException.class,
                  it -> assertThat(it.code()).isEqualTo(ErrorCode.OVERLOADED));
          refused++;
        }
      }
      assertThat(refused).isPositive();
      assertThat(fixture.count("user-5", "clicks_1h")).isEqualTo(500 - refused);
    }
  }

  @Test
  void countsThatAreDueAreBroughtUpToDateByTheSweep() throws Exception {
    try (Fixture fixture = open()) {
      fixture.pipelines.push("p", PushRequest.of(List.of(event("idle")))).get();
      assertThat(fixture.count("idle", "clicks_1h")).isEqualTo(1);

      fixture
          .pipelines
          .push("p", PushRequest.of(List.of(event("busy", "item-2", "2026-01-31T12:00:00Z"))))
          .get();

      Fixture.await(() -> fixture.count("idle", "clicks_1h") == 0);
      assertThat(fixture.count("idle", "clicks_1d")).isEqualTo(1);
      assertThat(fixture.count("busy", "clicks_1h")).isEqualTo(1);
      fixture.awaitStatus("p", it -> it.counts().advanced() == 1);
    }
  }

  @Test
  void deadLettersAreReplayedOnce() throws Exception {
    try (Fixture fixture = open()) {
      fixture
          .pipelines
          .push(
              "p",
              PushRequest.of(
                  List.of(
                      event("u", "late-item", "2026-01-31T10:00:00Z"),
                      event("v"),
                      "nonsense".getBytes(UTF_8))))
          .get();
      assertThat(fixture.findUser("u")).isEmpty();
      fixture.putItem("late-item");

      ReplayResult first = fixture.pipelines.replayDeadLetters("p");
      ReplayResult second = fixture.pipelines.replayDeadLetters("p");

      assertThat(first).isEqualTo(new ReplayResult(2, 1, 0, 1));
      // The letter that was put aside again.
      assertThat(second).isEqualTo(new ReplayResult(1, 0, 0, 1));
      assertThat(fixture.count("u", "clicks_1h")).isEqualTo(1);
    }
  }

  @Test
  void aTraceIsFollowedFromTheCallerToTheTable() throws Exception {
    try (Fixture fixture =
        Fixture.open(directory, Fixture.options().withTelemetry(TRACES.getOpenTelemetry()))) {
      fixture.pipelines.add("p.yaml", pipeline());
      fixture.awaitStatus("p", it -> it.state() instanceof PipelineState.Running);
      String trace = "0af7651916cd43dd8448eb211c80319c";

      fixture
          .pipelines
          .push(
              "p",
              new PushRequest(
                  List.of(event("u")),
                  Optional.empty(),
                  Optional.of("00-" + trace + "-b7ad6b7169203331-01")))
          .get();

      List<SpanData> spans = TRACES.getSpans();
      assertThat(spans)
          .extracting(SpanData::getName)
          .containsExactlyInAnyOrder(
              "decode", "1 filter", "2 lookup", "3 taste", "4 count", "write", "pipeline p");
      assertThat(spans).allMatch(span -> span.getTraceId().equals(trace));
      SpanData whole =
          spans.stream().filter(span -> span.getName().equals("pipeline p")).findFirst().get();
      assertThat(whole.getParentSpanId()).isEqualTo("b7ad6b7169203331");
      assertThat(spans)
          .filteredOn(span -> !span.getName().equals("pipeline p"))
          .allMatch(span -> span.getParentSpanId().equals(whole.getSpanId()));
    }
  }

  @Test
  void aFileIsCheckedWithoutBeingStarted() throws Exception {
    Path file = Files.writeString(directory.resolve("p.yaml"), pipeline());
    try (Fixture fixture = Fixture.open(directory)) {
      assertThat(fixture.pipelines.validate(file)).isEqualTo("p");
      Files.writeString(file, pipeline().replace("vector: liked.embedding", "vector: embedding"));

      assertThatThrownBy(() -> fixture.pipelines.validate(file))
          .hasMessage(
              file
                  + ":12:21: steps[2].taste.vector: embedding (expected: a field of the event: user,"
                  + " item, at, liked.embedding)");
      assertThat(fixture.pipelines.list()).isEmpty();
      assertThat(Pipelines.validate(file, Fixture.options().tables())).isEqualTo("p");
    }
  }

  @Test
  void statusTellsWhatEachStepDid() throws Exception {
    try (Fixture fixture = open()) {
      fixture
          .pipelines
          .push(
              "p",
              PushRequest.of(
                  List.of(event("u"), event("bot"), event("u", "x", "2026-01-31T10:00:00Z"))))
          .get();

      PipelineStatus status = fixture.awaitStatus("p", it -> it.latency().samples() == 1);
      assertThat(status.steps())
          .extracting(
              it ->
                  "%s %d %d %d %d"
                      .formatted(it.label(), it.in(), it.out(), it.dropped(), it.rejected()))
          .containsExactly(
              "decode 3 3 0 0",
              "1 filter 3 2 1 0",
              "2 lookup 2 1 0 1",
              "3 taste 1 1 0 0",
              "4 count 1 1 0 0",
              "write 1 1 0 0");
      assertThat(status.latency().p99()).isLessThan(Duration.ofSeconds(30));
      assertThat(status.watermark()).isEqualTo(java.time.Instant.parse("2026-01-31T10:00:00Z"));
      assertThat(status.deadLetters()).startsWith("file ");
    }
  }
}
