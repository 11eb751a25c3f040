package io.kindred.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;

/// Searches items over REST, as anybody could with curl. Thread-safe.
final class RestSearch implements AutoCloseable {
  static final String PATH = "/v1/tables/" + Shop.ITEMS + ":search";
  private static final Duration CALL_TIME = Duration.ofSeconds(30);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final HttpClient client = HttpClient.newHttpClient();
  private final URI uri;

  RestSearch(String server) {
    this.uri = URI.create(server + PATH);
  }

  /// A match, as the answer has it.
  record Match(String id, double score, String title, String category, String city, double price) {}

  /// The matches, nearest first, and how they were found.
  ///
  /// @param took what the server spent on it
  record Answer(List<Match> matches, long visited, String path, Duration took) {}

  Answer search(String body) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(CALL_TIME)
            .header("content-type", "application/json")
            .POST(BodyPublishers.ofString(body))
            .build();
    HttpResponse<String> response = client.send(request, BodyHandlers.ofString());
    if (response.statusCode() != 200) {
      throw new IOException("search: status " + response.statusCode() + ": " + response.body());
    }
    JsonNode answer = JSON.readTree(response.body());
    List<Match> matches = new ArrayList<>();
    for (JsonNode match : answer.path("matches")) {
      JsonNode fields = match.path("fields");
      matches.add(
          new Match(
              match.path("id").asText(),
              match.path("score").asDouble(),
              fields.path("title").asText(),
              fields.path("category").asText(),
              fields.path("city").asText(),
              fields.path("price").asDouble()));
    }
    JsonNode stats = answer.path("stats");
    return new Answer(
        matches,
        stats.path("visited").asLong(),
        stats.path("path").asText(),
        Duration.of(stats.path("took_us").asLong(), ChronoUnit.MICROS));
  }

  /// A vector as JSON.
  static String json(float[] vector) {
    StringBuilder text = new StringBuilder("[");
    for (int i = 0; i < vector.length; i++) {
      text.append(i == 0 ? "" : ",").append(vector[i]);
    }
    return text.append(']').toString();
  }

  @Override
  public void close() {
    client.close();
  }
}
