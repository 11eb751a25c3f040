package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.app.TraceReceiver.ReceivedSpan;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Spans of a served pipeline, on their way to a collector.
@Timeout(180)
final class TracesIT {
  private static final String TRACE = "0af7651916cd43dd8448eb211c80319c";
  private static final String CALLER = "b7ad6b7169203331";

  @TempDir private Path directory;

  private KindredProcess serve(String... properties) throws IOException {
    Path pipelines = Files.createDirectories(directory.resolve("pipelines"));
    Files.writeString(
        pipelines.resolve("tastes.yaml"),
        """
        pipeline: tastes
        source: {push: {}}
        event:
          fields:
            user: {type: string, required: true}
            taste: {type: vector, dimension: 2, required: true}
        steps:
          - vector: {from: taste, into: embedding}
        sink:
          table: users
          key: user
          create: {key: string, vectors: {embedding: {dimension: 2, metric: cosine}}}
        """);
    return KindredProcess.start(
        List.of(properties),
        "serve",
        "--port",
        "0",
        "--data",
        directory.resolve("data").toString(),
        "--pipelines",
        pipelines.toString());
  }

  private static void push(String uri) throws IOException, InterruptedException {
    try (Rest rest = new Rest(uri);
        HttpClient client = HttpClient.newHttpClient()) {
      while (!rest.get("/v1/pipelines/tastes").body().path("state").asText().equals("running")) {
        Thread.onSpinWait();
      }
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(uri + "/v1/events/tastes"))
              .header("traceparent", "00-" + TRACE + "-" + CALLER + "-01")
              .POST(BodyPublishers.ofString("{\"events\":[{\"user\":\"u\",\"taste\":[1,0]}]}"))
              .build();
      assertThat(client.send(request, BodyHandlers.ofString()).statusCode()).isEqualTo(200);
    }
  }

  @Test
  void theSpansOfAnEventReachTheCollectorThatTheEnvironmentNames() throws Exception {
    try (TraceReceiver receiver = new TraceReceiver();
        KindredProcess server = serve("-Dotel.exporter.otlp.endpoint=" + receiver.endpoint())) {
      push(server.uri());
      server.terminate();
      assertThat(server.exitStatus()).as(server.transcript()).isZero();

      assertThat(receiver.spans())
          .extracting(ReceivedSpan::name)
          .containsExactlyInAnyOrder("pipeline tastes", "decode", "1 vector", "write");
      assertThat(receiver.spans())
          .allMatch(span -> span.trace().equals(TRACE) && span.service().equals("kindred"));
      ReceivedSpan whole =
          receiver.spans().stream()
              .filter(span -> span.name().equals("pipeline tastes"))
              .findFirst()
              .orElseThrow();
      assertThat(whole.parent()).isEqualTo(CALLER);
      assertThat(receiver.spans())
          .filteredOn(span -> !span.id().equals(whole.id()))
          .allMatch(span -> span.parent().equals(whole.id()));
    }
  }

  @Test
  void anExporterThatIsNotThereStopsTheStartWithItsName() throws Exception {
    try (KindredProcess server = serve("-Dotel.traces.exporter=pigeon")) {
      assertThat(server.exitStatus()).isEqualTo(2);
      assertThat(server.error())
          .singleElement()
          .asString()
          .startsWith("kindred serve: OTEL_*: ")
          .contains("pigeon");
    }
  }

  @Test
  void aProtocolThatIsNotSpokenStopsTheStartWithTheOneThatIs() throws Exception {
    try (KindredProcess server =
        serve(
            "-Dotel.exporter.otlp.endpoint=http://127.0.0.1:4317",
            "-Dotel.exporter.otlp.protocol=grpc")) {
      assertThat(server.exitStatus()).isEqualTo(2);
      assertThat(server.error())
          .singleElement()
          .asString()
          .startsWith(
              "kindred serve: OTEL_EXPORTER_OTLP_PROTOCOL: grpc (expected: http/protobuf, ");
    }
  }
}
