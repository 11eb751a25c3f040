package io.kindred.app.rest;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/// Calls of a server's REST API. Thread-safe.
public final class RestCalls implements AutoCloseable {
  private static final Duration CALL_TIME = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI server;

  /// @param server at `http://HOST:PORT`
  public RestCalls(URI server) {
    this.server = server;
  }

  /// @throws KindredException with the server's code and message where it refuses
  public JsonNode get(String path) throws IOException, InterruptedException {
    return ask(request(path).GET().build());
  }

  /// As [#get], with a body in JSON.
  public JsonNode post(String path, byte[] body) throws IOException, InterruptedException {
    return ask(request(path).POST(BodyPublishers.ofByteArray(body)).build());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(server.resolve(path))
        .timeout(CALL_TIME)
        .header("content-type", "application/json");
  }

  private JsonNode ask(HttpRequest request) throws IOException, InterruptedException {
    HttpResponse<String> response;
    try {
      response = client.send(request, BodyHandlers.ofString());
    } catch (IOException e) {
      throw new KindredException(
          ErrorCode.NOT_READY,
          "url: "
              + server
              + " does not answer (expected: a server; start one with 'kindred serve')",
          e);
    }
    JsonNode answer = JSON.readTree(response.body());
    if (response.statusCode() >= 300) {
      throw failure(answer.path("error"));
    }
    return answer;
  }

  /// What an answer's `error` says.
  public static KindredException failure(JsonNode error) {
    return new KindredException(code(error.path("code").asText()), error.path("message").asText());
  }

  /// A server of another release may have codes that are unknown here.
  private static ErrorCode code(String name) {
    for (ErrorCode code : ErrorCode.values()) {
      if (code.name().equals(name)) {
        return code;
      }
    }
    return ErrorCode.INTERNAL;
  }

  @Override
  public void close() {
    client.close();
  }
}
