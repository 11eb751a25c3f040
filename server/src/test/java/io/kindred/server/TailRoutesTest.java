package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.kindred.client.ClientOptions;
import io.kindred.client.KindredClient;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.Vector;
import io.kindred.server.RunningServer.Answer;
import io.kindred.server.logs.LogLine;
import io.kindred.server.logs.LogSource;
import io.kindred.server.stream.Tail;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Tasks, and the live tails of calls and of the log.
@Timeout(60)
final class TailRoutesTest {
  @TempDir Path directory;

  private final Lines lines = new Lines();
  private RunningServer server;

  /// A log that a test writes.
  private static final class Lines implements LogSource {
    private final List<LogLine> recent = new ArrayList<>();
    private final Tail<LogLine> tail = new Tail<>();

    void add(LogLine.Level level, String message) {
      LogLine line = new LogLine(0, level, "Test", "main", message, Map.of("a", "Bc"), null);
      recent.add(line);
      tail.offer(line);
    }

    @Override
    public List<LogLine> recent() {
      return List.copyOf(recent);
    }

    @Override
    public Tail<LogLine> tail() {
      return tail;
    }
  }

  @BeforeEach
  void open() {
    server = RunningServer.withLogs(directory, lines);
    server.post("/v1/tables", "{'name':'t','vectors':{'v':{'dimension':2}}}");
  }

  @AfterEach
  void close() {
    server.close();
  }

  /// The first batch of a stream that has items.
  private static JsonNode await(Events events, String name) throws InterruptedException {
    JsonNode batch = events.next();
    while (batch.get(name).isEmpty()) {
      batch = events.next();
    }
    return batch;
  }

  @Test
  void callsAboutRowsAreTold() throws Exception {
    Events events = new Events(server.web().get("/v1/events/tail?table=t&kind=put,search"));
    events.next();
    server.post("/v1/tables/t/rows:get", "{'ids':['a']}");
    server.post(
        "/v1/tables/t/rows:put",
        "{'rows':[{'id':'a','vectors':{'v':[1,0]}},{'id':'b','vectors':{'v':[0,1]}}]}");
    JsonNode put = await(events, "events").at("/events/0");
    assertThat(put.get("kind").asText()).isEqualTo("put");
    assertThat(put.get("ids").toString()).isEqualTo("[\"a\",\"b\"]");
    assertThat(put.get("rows").asInt()).isEqualTo(2);
    server.post("/v1/tables/t:search", "{'vector':[1,0],'k':1}");
    JsonNode search = await(events, "events").at("/events/0");
    assertThat(search.get("kind").asText()).isEqualTo("search");
    assertThat(search.get("path").asText()).isEqualTo("flat");
    assertThat(search.get("ids").toString()).isEqualTo("[\"a\"]");
    assertThat(search.get("took_us").asLong()).isNotNegative();
  }

  @Test
  void callsOverGrpcAreToldToo() throws Exception {
    server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'a','vectors':{'v':[1,0]}}]}");
    Events events = new Events(server.web().get("/v1/events/tail?table=t"));
    events.next();
    try (KindredClient client =
        KindredClient.of(ClientOptions.DEFAULT.withUrl(server.server.uri()))) {
      client.getVectors(
          GetVectorsRequest.newBuilder().setTable("t").addTexts("a").addTexts("z").build());
      JsonNode get = await(events, "events").at("/events/0");
      assertThat(get.get("kind").asText()).isEqualTo("get");
      assertThat(get.get("ids").toString()).isEqualTo("[\"a\",\"z\"]");

      client.search(
          SearchRequest.newBuilder()
              .setTable("t")
              .addQueries(
                  Query.newBuilder().setVector(Vector.newBuilder().addValues(1).addValues(0)))
              .setK(1)
              .build());
      assertThat(await(events, "events").at("/events/0/kind").asText()).isEqualTo("search");
    }
  }

  @Test
  void moreCallsThanAReaderCanFollowAreCountedAndLeftOut() throws Exception {
    Events events = new Events(server.web().get("/v1/events/tail"));
    events.next();
    int calls = 300;
    for (int i = 0; i < calls; i++) {
      server.post("/v1/tables/t/rows:get", "{'ids':['a']}");
    }
    long told = 0;
    long skipped = 0;
    while (told + skipped < calls) {
      JsonNode batch = events.next();
      assertThat(batch.get("events").size()).isLessThanOrEqualTo(25);
      told += batch.get("events").size();
      skipped += batch.get("skipped").asLong();
    }
    assertThat(told + skipped).isEqualTo(calls);
  }

  @Test
  void unfitTailsAreRefusedByName() {
    assertThat(server.get("/v1/events/tail?kind=puts").message())
        .isEqualTo("kind: puts (expected: one of [delete, event, get, put, scan, search, update])");
    assertThat(server.get("/v1/logs/stream?level=loud").message())
        .isEqualTo("level: loud (expected: one of [trace, debug, info, warn, error])");
  }

  @Test
  void theLogComesWithItsLastLinesAndThenAsItIsWritten() throws Exception {
    lines.add(LogLine.Level.DEBUG, "quiet");
    lines.add(LogLine.Level.INFO, "shown first");
    Events events = new Events(server.web().get("/v1/logs/stream"));
    JsonNode first = events.next();
    assertThat(first.get("lines").findValuesAsText("message")).containsExactly("shown first");
    assertThat(first.at("/lines/0/fields/a").asText()).isEqualTo("Bc");
    lines.add(LogLine.Level.WARN, "shown next");
    assertThat(await(events, "lines").at("/lines/0/message").asText()).isEqualTo("shown next");
  }

  @Test
  void theLogIsNarrowedByLevelAndText() throws Exception {
    lines.add(LogLine.Level.INFO, "a fold");
    lines.add(LogLine.Level.WARN, "a FOLD failed");
    lines.add(LogLine.Level.WARN, "a checkpoint");
    Events events = new Events(server.web().get("/v1/logs/stream?level=warn&text=fold"));
    assertThat(events.next().get("lines").findValuesAsText("message"))
        .containsExactly("a FOLD failed");
    Events byField = new Events(server.web().get("/v1/logs/stream?text=bc"));
    assertThat(byField.next().get("lines").size()).isEqualTo(3);
  }

  @Test
  void aFoldIsATaskWithItsSteps() {
    server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'a','vectors':{'v':[1,0]}}]}");
    assertThat(server.post("/v1/tables/t:fold", "").body().toString())
        .isEqualTo("{\"folded\":\"t\",\"row_count\":1}");
    JsonNode fold = task("fold");
    assertThat(fold.get("state").asText()).isEqualTo("done");
    assertThat(fold.get("table").asText()).isEqualTo("t");
    assertThat(fold.get("lines").findValuesAsText("text"))
        .containsExactly("checking", "merging", "indexing", "committing");
    assertThat(fold.at("/amount/done").asInt()).isEqualTo(1);
    assertThat(fold.get("actions")).isEmpty();
    assertThat(task("checkpoint").get("state").asText()).isEqualTo("done");
    assertThat(task("scrub").get("state").asText()).isEqualTo("waiting");
    String id = fold.get("id").asText();
    assertThat(server.post("/v1/tasks/" + id + ":cancel", "").message())
        .isEqualTo(
            "task: " + id + " is a fold that is done (expected: one whose actions include cancel)");
    assertThat(server.post("/v1/tasks/none:cancel", "").code()).isEqualTo("TASK_NOT_FOUND");
  }

  @Test
  void theScrubberRestsWhileItIsPaused() {
    assertThat(task("scrub").get("actions").toString()).isEqualTo("[\"pause\"]");
    assertThat(server.post("/v1/tasks/scrub:pause", "").body().toString())
        .isEqualTo("{\"paused\":\"scrub\"}");
    assertThat(task("scrub").get("state").asText()).isEqualTo("paused");
    assertThat(task("scrub").get("actions").toString()).isEqualTo("[\"resume\"]");
    while (!server.get("/v1/stats").body().at("/scrub/paused").asBoolean()) {
      Thread.onSpinWait(); // until the next sample
    }
    assertThat(server.post("/v1/tasks/scrub:cancel", "").message())
        .isEqualTo(
            "task: scrub is a scrub that is paused (expected: one whose actions include cancel)");
    assertThat(server.post("/v1/tasks/scrub:resume", "").body().toString())
        .isEqualTo("{\"resumed\":\"scrub\"}");
    assertThat(task("scrub").get("state").asText()).isEqualTo("waiting");
  }

  @Test
  void anImportIsPutOffWhileItIsPaused() {
    String row = "'rows':[{'id':'a','vectors':{'v':[1,0]}}]";
    server.post("/v1/tables/t/rows:put", "{" + row + ",'operation_id':'import-x-0'}");
    assertThat(server.post("/v1/tasks/import-x:pause", "").status()).isEqualTo(200);

    Answer refused =
        server.post("/v1/tables/t/rows:put", "{" + row + ",'operation_id':'import-x-1'}");
    assertThat(refused.status()).isEqualTo(503);
    assertThat(refused.code()).isEqualTo("PAUSED");
    assertThat(task("import").get("state").asText()).isEqualTo("paused");

    assertThat(server.post("/v1/tasks/import-x:resume", "").status()).isEqualTo(200);
    assertThat(
            server
                .post("/v1/tables/t/rows:put", "{" + row + ",'operation_id':'import-x-1'}")
                .status())
        .isEqualTo(200);
    assertThat(task("import").at("/amount/done").asInt()).isEqualTo(2);
  }

  private JsonNode task(String kind) {
    for (JsonNode task : server.get("/v1/tasks").body().get("tasks")) {
      if (task.get("kind").asText().equals(kind)) {
        return task;
      }
    }
    throw new AssertionError("no task of kind " + kind);
  }

  @Test
  void theTasksAreToldAgainWhenTheyChange() throws Exception {
    Events events = new Events(server.web().get("/v1/tasks/stream"));
    assertThat(events.next().get("tasks").findValuesAsText("kind")).containsExactly("scrub");
    server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'a','vectors':{'v':[1,0]}}]}");
    server.post("/v1/tables/t:fold", "");
    JsonNode tasks = events.next();
    while (tasks.get("tasks").size() < 3) {
      tasks = events.next();
    }
    assertThat(tasks.get("tasks").findValuesAsText("kind")).contains("fold", "checkpoint");
  }

  @Test
  void aServerWithoutALogSaysSo(@TempDir Path other) {
    try (RunningServer plain = new RunningServer(other)) {
      assertThat(plain.get("/v1/logs/stream").code()).isEqualTo("UNSUPPORTED");
    }
  }
}
