package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import io.grpc.ManagedChannel;
import io.grpc.ManagedChannelBuilder;
import io.grpc.stub.StreamObserver;
import io.kindred.app.Rest.Answer;
import io.kindred.app.config.ConfigException;
import io.kindred.app.config.ServeConfig;
import io.kindred.app.serve.ServedStore;
import io.kindred.protocol.v1.PipelineServiceGrpc;
import io.kindred.protocol.v1.PushEventsRequest;
import io.kindred.protocol.v1.PushEventsResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Pipelines of a served store, over real sockets.
@Timeout(120)
final class PipelineRoutesIT {
  @TempDir private Path directory;
  private Path pipelines;

  @BeforeEach
  void makeTheDirectoryOfPipelines() throws IOException {
    pipelines = Files.createDirectory(directory.resolve("pipelines"));
    Files.writeString(pipelines.resolve("clicks.yaml"), pipeline());
  }

  private String pipeline() {
    return """
      pipeline: clicks
      source: {push: {}}
      event:
        fields:
          user: {type: string, required: true}
          item: {type: string, required: true}
          at: {type: timestamp, required: true}
        time: at
      steps:
        - lookup: {table: items, key: item, vector: embedding, as: liked}
        - taste: {vector: liked.embedding, into: embedding, half_life: 7d}
        - seen: {id: item, into: seen, capacity: 100}
      sink:
        table: users
        key: user
        create: {key: string, vectors: {embedding: {dimension: 2, metric: cosine}}}
      dead_letters: {file: "%s"}
      """
        .formatted(directory.resolve("dead.jsonl"));
  }

  private ServedStore serve() {
    return ServedStore.start(
        ServeConfig.DEFAULT
            .withPort(0)
            .withData(directory.resolve("data"))
            .withPipelines(pipelines));
  }

  private static String event(String user, String item) {
    return "{\"user\":\"%s\",\"item\":\"%s\",\"at\":\"2026-01-31T10:00:00Z\"}"
        .formatted(user, item);
  }

  private static void putItems(Rest rest) throws IOException, InterruptedException {
    rest.post(
        "/v1/tables",
        "{\"name\":\"items\",\"vectors\":{\"embedding\":{\"dimension\":2,\"metric\":\"cosine\"}}}");
    rest.post(
        "/v1/tables/items/rows:put",
        "{\"rows\":[{\"id\":\"a\",\"vectors\":{\"embedding\":[1,0]}},"
            + "{\"id\":\"b\",\"vectors\":{\"embedding\":[0.8,0.6]}},"
            + "{\"id\":\"c\",\"vectors\":{\"embedding\":[0,1]}}]}");
  }

  private static JsonNode awaitState(Rest rest, String pipeline, String state)
      throws IOException, InterruptedException {
    while (true) {
      JsonNode body = rest.get("/v1/pipelines/" + pipeline).body();
      if (body.path("state").asText().equals(state)) {
        return body;
      }
      Thread.onSpinWait();
    }
  }

  @Test
  void thoseWhoWatchAreToldWhatIsApplied() throws Exception {
    try (HttpClient http = HttpClient.newHttpClient();
        ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);
      awaitState(rest, "clicks", "running");
      URI uri = URI.create(served.uri() + "/v1/events/tail?table=users&kind=event");
      HttpRequest request = HttpRequest.newBuilder(uri).build();
      try (Stream<String> lines = http.send(request, BodyHandlers.ofLines()).body()) {
        Iterator<String> told = lines.filter(line -> line.contains("events")).iterator();
        assertThat(told.next()).contains("\"events\":[]");

        rest.post("/v1/events/clicks", "{\"events\":[" + event("u", "a") + "]}");

        assertThat(told.next())
            .contains("\"kind\":\"event\"", "\"table\":\"users\"", "\"ids\":[\"u\"]")
            .contains("\"rows\":1", "\"pipeline\":\"clicks\"", "\"took_us\":");
      }
    }
  }

  @Test
  void pushedEventsAreAnsweredOneByOneOnceTheyAreStored() throws Exception {
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);
      awaitState(rest, "clicks", "running");

      String request =
          "{\"events\":[%s,%s,\"bm8=\"],\"producer\":\"web\",\"sequence\":1}"
              .formatted(event("u", "a"), event("u", "x"));
      Answer answer = rest.post("/v1/events/clicks", request);
      Answer again = rest.post("/v1/events/clicks", request);

      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
      assertThat(answer.body().path("accepted").asInt()).isEqualTo(1);
      assertThat(answer.body().path("rejected"))
          .extracting(it -> it.path("index").asInt() + " " + it.path("code").asText())
          .containsExactly("1 UNKNOWN_KEY", "2 MALFORMED");
      assertThat(answer.body().path("token").asText()).isNotEmpty();
      assertThat(again.body().path("accepted").asInt()).isEqualTo(1);
      JsonNode row = rest.get("/v1/tables/users/rows/u").body();
      assertThat(row.at("/vectors/embedding/0").floatValue()).isEqualTo(1f);
      JsonNode status = rest.get("/v1/pipelines/clicks").body();
      assertThat(status.at("/steps/0/step").asText()).isEqualTo("decode");
      assertThat(status.at("/steps/0/in").asLong()).isEqualTo(6);
      assertThat(status.path("source").asText()).isEqualTo("push");
      JsonNode letters = rest.get("/v1/pipelines/clicks/dead-letters?limit=10").body();
      assertThat(letters.path("dead_letters"))
          .anyMatch(it -> it.path("event").asText().equals(event("u", "x")));
    }
  }

  @Test
  void aWrongRequestChangesNothingAndIsToldWhatWasExpected() throws Exception {
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);
      awaitState(rest, "clicks", "running");

      assertThat(
              List.of(
                  message(rest.post("/v1/events/none", "{\"events\":[{}]}")),
                  message(rest.post("/v1/events/clicks", "{\"events\":[]}")),
                  message(rest.post("/v1/events/clicks", "{\"events\":[7]}")),
                  message(rest.post("/v1/events/clicks", "{\"events\":[{}],\"sequence\":1}")),
                  message(rest.post("/v1/pipelines/clicks:reset", "{\"from\":\"noon\"}")),
                  message(rest.post("/v1/pipelines/clicks:reset", "")),
                  message(rest.get("/v1/pipelines/clicks/dead-letters?limit=0"))))
          .containsExactly(
              "404 pipeline: none (expected: one of [clicks])",
              "400 events: 0 (expected: 1 to 10000)",
              "400 events[0]: 7 (expected: an object, or base64)",
              "400 producer, sequence: sequence alone (expected: both or none)",
              "400 from: noon (expected: earliest, latest or an instant such as"
                  + " 2026-01-31T09:30:00Z)",
              "400 from: missing (expected: earliest, latest or an instant)",
              "400 limit: 0 (expected: 1 to 1000)");
      assertThat(rest.get("/v1/tables/users").body().path("row_count").asLong()).isZero();
    }
  }

  private static String message(Answer answer) {
    return answer.status() + " " + answer.body().at("/error/message").asText();
  }

  @Test
  void aPausedPipelineTakesNothingUntilItIsResumedAlsoAfterARestart() throws Exception {
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);
      awaitState(rest, "clicks", "running");
      JsonNode paused = rest.post("/v1/pipelines/clicks:pause", "{\"by\":\"anna\"}").body();
      assertThat(paused.path("state").asText()).isEqualTo("paused");
      assertThat(paused.path("reason").asText()).isEqualTo("by anna");
    }
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      awaitState(rest, "clicks", "paused");
      Answer refused = rest.post("/v1/events/clicks", "{\"events\":[" + event("u", "a") + "]}");
      assertThat(message(refused))
          .isEqualTo("503 pipeline: clicks is paused (expected: one that is running)");

      rest.post("/v1/pipelines/clicks:resume", "");
      awaitState(rest, "clicks", "running");
      assertThat(rest.post("/v1/events/clicks", "{\"events\":[" + event("u", "a") + "]}").status())
          .isEqualTo(200);
    }
  }

  @Test
  void deadLettersAreReplayedOverRest() throws Exception {
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);
      awaitState(rest, "clicks", "running");
      rest.post("/v1/events/clicks", "{\"events\":[" + event("u", "d") + "]}");
      rest.post(
          "/v1/tables/items/rows:put",
          "{\"rows\":[{\"id\":\"d\",\"vectors\":{\"embedding\":[0,1]}}]}");

      Answer replayed = rest.post("/v1/pipelines/clicks:replay-dead-letters", "");

      assertThat(replayed.body())
          .isEqualTo(
              Rest.JSON.readTree("{\"replayed\":1,\"applied\":1,\"dropped\":0,\"rejected\":0}"));
      assertThat(rest.get("/v1/tables/users/rows/u").status()).isEqualTo(200);
    }
  }

  @Test
  void aPipelineIsCheckedWithItsLinesAndNotStarted() throws Exception {
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);
      String other = pipeline().replace("pipeline: clicks", "pipeline: other");

      assertThat(rest.post("/v1/pipelines:validate", other).body())
          .isEqualTo(Rest.JSON.readTree("{\"pipeline\":\"other\",\"valid\":true}"));
      assertThat(message(rest.post("/v1/pipelines:validate", other.replace("7d", "soon"))))
          .startsWith("400 pipeline.yaml:11:")
          .contains("half_life: soon (expected: ");
      assertThat(rest.get("/v1/pipelines").body().path("pipelines"))
          .extracting(it -> it.path("name").asText())
          .containsExactly("clicks");
    }
  }

  @Test
  void figuresOfPipelinesAreInStatisticsAndMetrics() throws Exception {
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri());
        HttpClient client = HttpClient.newHttpClient()) {
      putItems(rest);
      awaitState(rest, "clicks", "running");
      rest.post("/v1/events/clicks", "{\"events\":[" + event("u", "a") + "]}");

      JsonNode statistics;
      do {
        statistics = rest.get("/v1/stats").body();
      } while (statistics.at("/pipelines/0/searchable_after/samples").asLong() == 0);
      assertThat(statistics.at("/pipelines/0/state").asText()).isEqualTo("running");
      String metrics =
          client
              .send(
                  HttpRequest.newBuilder(URI.create(served.uri() + "/metrics")).build(),
                  HttpResponse.BodyHandlers.ofString())
              .body();
      assertThat(metrics.lines())
          .contains(
              "kindred_pipeline_state{pipeline=\"clicks\",state=\"running\"} 1.0",
              "kindred_pipeline_events_total{outcome=\"applied\",pipeline=\"clicks\"} 1.0",
              "kindred_pipeline_lag{pipeline=\"clicks\"} 0.0");
    }
  }

  @Test
  void aStreamOfPushesIsAnsweredInItsOrderAndGoesOnAfterAnError() throws Exception {
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);
      awaitState(rest, "clicks", "running");
      ManagedChannel channel =
          ManagedChannelBuilder.forAddress("127.0.0.1", served.port()).usePlaintext().build();
      try {
        Responses responses = new Responses();
        StreamObserver<PushEventsRequest> requests =
            PipelineServiceGrpc.newStub(channel).pushEvents(responses);
        requests.onNext(push("clicks", event("u", "a"), event("u", "x")));
        requests.onNext(push("none", event("u", "a")));
        requests.onNext(push("clicks", event("v", "c")));
        requests.onCompleted();

        PushEventsResponse first = responses.next();
        assertThat(first.getPushed().getAccepted()).isEqualTo(1);
        assertThat(first.getPushed().getRejected(0).getIndex()).isEqualTo(1);
        assertThat(first.getPushed().getRejected(0).getError().getCode()).isEqualTo("UNKNOWN_KEY");
        assertThat(responses.next().getError().getCode()).isEqualTo("PIPELINE_NOT_FOUND");
        PushEventsResponse third = responses.next();
        assertThat(third.getSequence()).isEqualTo(2);
        assertThat(third.getPushed().getAccepted()).isEqualTo(1);
      } finally {
        channel.shutdownNow().awaitTermination(10, TimeUnit.SECONDS);
      }
      assertThat(rest.get("/v1/tables/users/rows/v").status()).isEqualTo(200);
    }
  }

  private static PushEventsRequest push(String pipeline, String... events) {
    PushEventsRequest.Builder request = PushEventsRequest.newBuilder().setPipeline(pipeline);
    for (String event : events) {
      request.addEvents(ByteString.copyFrom(event, StandardCharsets.UTF_8));
    }
    return request.build();
  }

  /// What comes back on a stream. Thread-safe.
  private static final class Responses implements StreamObserver<PushEventsResponse> {
    private final BlockingQueue<Object> events = new LinkedBlockingQueue<>();

    @Override
    public void onNext(PushEventsResponse response) {
      events.add(response);
    }

    @Override
    public void onError(Throwable thrown) {
      events.add(thrown);
    }

    @Override
    public void onCompleted() {
      events.add("completed");
    }

    PushEventsResponse next() throws InterruptedException {
      Object event = events.poll(60, TimeUnit.SECONDS);
      assertThat(event).isInstanceOf(PushEventsResponse.class);
      return (PushEventsResponse) event;
    }
  }

  @Test
  void whatIsRecommendedIsNearTheTasteAndWasNotSeen() throws Exception {
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);
      awaitState(rest, "clicks", "running");
      rest.post("/v1/events/clicks", "{\"events\":[" + event("u", "a") + "]}");

      Answer answer = rest.get("/v1/recommend/u?k=2");

      assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
      assertThat(answer.body().path("userId").asText()).isEqualTo("u");
      assertThat(answer.body().path("matches"))
          .extracting(it -> it.path("id").asText())
          .containsExactly("b", "c");
      assertThat(answer.body().at("/matches/0/score").asDouble()).isCloseTo(0.8, within(1e-6));
      assertThat(answer.body().at("/stats/version").asText()).isEqualTo("v1");
      assertThat(rest.get("/v1/recommend/u?k=3&seen=nothing").body().path("matches"))
          .extracting(it -> it.path("id").asText())
          .containsExactly("a", "b", "c");
      assertThat(
              List.of(
                  message(rest.get("/v1/recommend/none")),
                  message(rest.get("/v1/recommend/u?k=0")),
                  message(rest.get("/v1/recommend/u?k=1001")),
                  message(rest.get("/v1/recommend/u?recall=much"))))
          .containsExactly(
              "404 User feature vector not found.",
              "400 k: 0 (expected: 1 to 1000)",
              "400 k: 1001 (expected: 1 to 1000)",
              "400 recall: much (expected: above 0 and below 1)");
      assertThat(rest.get("/v1/recommend/u?filter=%7B%22no%22").status()).isEqualTo(400);
    }
  }

  @Test
  void aFileOfEventsIsReadToItsEnd() throws Exception {
    Path events =
        Files.writeString(
            directory.resolve("events.jsonl"), event("u", "a") + "\n" + event("v", "c") + "\n");
    Files.writeString(
        pipelines.resolve("clicks.yaml"),
        pipeline().replace("{push: {}}", "{file: {path: \"" + events + "\"}}"));
    try (ServedStore served = serve();
        Rest rest = new Rest(served.uri())) {
      putItems(rest);

      awaitState(rest, "clicks", "finished");

      assertThat(rest.get("/v1/tables/users/rows/v").body().at("/vectors/embedding/1").asDouble())
          .isEqualTo(1);
      assertThat(message(rest.post("/v1/events/clicks", "{\"events\":[{}]}"))).startsWith("503 ");
    }
  }

  @Test
  void aPipelineThatIsWrongStopsTheStartWithItsPlace() throws Exception {
    Path second = pipelines.resolve("second.yaml");
    Files.writeString(second, pipeline());
    assertThatThrownBy(this::serve)
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            second + ":1:11: pipeline: clicks (expected: a name that no other pipeline has)");

    Files.writeString(second, pipeline().replace("push: {}", "pull: {}"));
    assertThatThrownBy(this::serve)
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(second + ":2:")
        .hasMessageContaining("source.pull: unknown key (expected: one of kafka, file, push)");

    Files.delete(second);
    serve().close();
  }
}
