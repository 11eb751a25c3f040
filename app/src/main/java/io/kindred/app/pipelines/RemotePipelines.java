package io.kindred.app.pipelines;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kindred.app.rest.RestCalls;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Map;

/// The pipelines of a server. Thread-safe.
public final class RemotePipelines implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String PATH = "/v1/pipelines";

  private final RestCalls server;

  /// Pipelines of the server at `http://HOST:PORT`.
  public RemotePipelines(URI server) {
    this.server = new RestCalls(server);
  }

  /// All of them, as `docs/api/rest.md` describes a pipeline.
  public List<JsonNode> list() throws IOException, InterruptedException {
    return List.copyOf(server.get(PATH).path("pipelines").valueStream().toList());
  }

  /// One of them.
  public JsonNode status(String pipeline) throws IOException, InterruptedException {
    return server.get(path(pipeline));
  }

  /// @param by who pauses it
  public void pause(String pipeline, String by) throws IOException, InterruptedException {
    post(pipeline, "pause", Map.of("by", by));
  }

  public void resume(String pipeline) throws IOException, InterruptedException {
    post(pipeline, "resume", Map.of());
  }

  /// @param from `earliest`, `latest` or an instant
  /// @return what it means for the rows
  public String reset(String pipeline, String from) throws IOException, InterruptedException {
    return post(pipeline, "reset", Map.of("from", from)).path("consequence").asText();
  }

  /// @return `replayed`, `applied`, `dropped` and `rejected`
  public JsonNode replayDeadLetters(String pipeline) throws IOException, InterruptedException {
    return post(pipeline, "replay-dead-letters", Map.of());
  }

  private JsonNode post(String pipeline, String verb, Map<String, String> body)
      throws IOException, InterruptedException {
    return server.post(path(pipeline) + ":" + verb, JSON.writeValueAsBytes(body));
  }

  private static String path(String pipeline) {
    return PATH + "/" + pipeline;
  }

  @Override
  public void close() {
    server.close();
  }
}
