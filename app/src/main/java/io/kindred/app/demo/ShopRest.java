package io.kindred.app.demo;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kindred.app.rest.RestCalls;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// The shop over REST, as anybody could use it with curl: searches, recommendations, events.
/// Thread-safe.
final class ShopRest implements AutoCloseable {
  static final String PIPELINE = "shop";
  static final String SEARCH = "/v1/tables/" + Shop.ITEMS + ":search";
  private static final String RECOMMEND = "/v1/recommend/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RestCalls server;

  ShopRest(URI server) {
    this.server = new RestCalls(server);
  }

  /// A match, as the answer has it.
  record Match(String id, double score, String title, String category, String city, double price) {}

  /// The matches, nearest first, and how they were found.
  ///
  /// @param took what the server spent on it
  record Answer(List<Match> matches, long visited, String path, Duration took) {
    List<String> ids() {
      return matches.stream().map(Match::id).toList();
    }
  }

  Answer search(String body) throws IOException, InterruptedException {
    return answer(server.post(SEARCH, body.getBytes(StandardCharsets.UTF_8)));
  }

  /// The path that recommends items to a shopper.
  ///
  /// @param filter encoded for a URL, or empty
  static String recommendation(String shopper, int k, String filter) {
    return RECOMMEND + shopper + "?k=" + k + (filter.isEmpty() ? "" : "&filter=" + filter);
  }

  /// What the server recommends at that path.
  Answer recommend(String path) throws IOException, InterruptedException {
    return answer(server.get(path));
  }

  private static Answer answer(JsonNode answer) {
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

  /// Who pushes events, and the number of this request, which is applied once however often it is
  /// sent.
  record Identity(String producer, long sequence) {}

  /// What became of acts.
  ///
  /// @param rejected places of those that the pipeline could not take
  record Pushed(Set<Integer> rejected) {}

  /// Pushes acts into the pipeline, which answers once they are durable and searchable.
  Pushed push(List<Act> acts, Identity identity) throws IOException, InterruptedException {
    ObjectNode request = JSON.createObjectNode();
    ArrayNode events = request.putArray("events");
    acts.forEach(act -> events.add(act.event()));
    request.put("producer", identity.producer()).put("sequence", identity.sequence());
    JsonNode answer = server.post("/v1/events/" + PIPELINE, JSON.writeValueAsBytes(request));
    Set<Integer> rejected = new HashSet<>();
    answer.path("rejected").forEach(it -> rejected.add(it.path("index").asInt()));
    return new Pushed(rejected);
  }

  /// The pipeline as `docs/api/rest.md` describes it.
  JsonNode pipeline() throws IOException, InterruptedException {
    return server.get("/v1/pipelines/" + PIPELINE);
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
    server.close();
  }
}
