package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Empty;
import io.kindred.client.ClientOptions;
import io.kindred.client.KindredClient;
import io.kindred.protocol.v1.Query;
import io.kindred.protocol.v1.SearchRequest;
import io.kindred.protocol.v1.SearchResponse;
import io.kindred.protocol.v1.SearchResult;
import io.kindred.protocol.v1.Vector;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a newcomer does: start, load, search, restart, over real sockets.
final class MainJobIT {
  private static final int K = 10;
  private static final int SEARCHES = 1_000;
  private static final int DIMENSION = 64;
  private static final int BATCH = 100;
  private static final double RECALL_LEAST = 0.95;

  @TempDir private Path directory;

  @Test
  void realVectorsAreFoundAgainOverRestAndGrpc() throws IOException, InterruptedException {
    Path items = SharedData.file("amazon-book/items.fvecs");
    List<float[]> users = fvecs(SharedData.file("amazon-book/users.fvecs"), SEARCHES);
    try (KindredProcess server = KindredProcess.serve(directory.resolve("data"));
        Rest rest = new Rest(server.uri());
        KindredClient client = KindredClient.of(ClientOptions.DEFAULT.withUrl(server.uri()))) {
      try (KindredProcess load =
          KindredProcess.start(
              "import", items.toString(), "--table", "items", "--url", server.uri())) {
        assertThat(load.exitStatus()).as(load.transcript()).isZero();
        assertThat(load.output().getFirst()).startsWith("imported 24,915 rows into items");
      }
      assertThat(client.getTable("items").getRowCount()).isEqualTo(24_915);

      List<Set<String>> exact = grpc(client, users, true);
      assertThat(recall(exact, grpc(client, users, false))).isGreaterThanOrEqualTo(RECALL_LEAST);
      assertThat(recall(exact, rest(rest, users))).isGreaterThanOrEqualTo(RECALL_LEAST);

      JsonNode matches =
          rest.post("/v1/tables/items:search", "{\"id\":\"7\",\"k\":20}").body().path("matches");
      assertThat(ids(matches)).hasSize(20).doesNotContain("7");
    }
  }

  private static List<Set<String>> grpc(
      KindredClient client, List<float[]> queries, boolean isExact) {
    List<Set<String>> results = new ArrayList<>();
    for (int from = 0; from < queries.size(); from += BATCH) {
      SearchRequest.Builder request = SearchRequest.newBuilder().setTable("items").setK(K);
      for (float[] query : queries.subList(from, from + BATCH)) {
        request.addQueries(Query.newBuilder().setVector(packed(query)));
      }
      if (isExact) {
        request.setExact(Empty.getDefaultInstance());
      }
      SearchResponse response = client.search(request.build());
      for (SearchResult result : response.getResultsList()) {
        Set<String> found = new HashSet<>();
        result
            .getMatchesList()
            .forEach(match -> found.add(Long.toUnsignedString(match.getRow().getId().getNumber())));
        results.add(found);
      }
    }
    return results;
  }

  private static List<Set<String>> rest(Rest rest, List<float[]> queries)
      throws IOException, InterruptedException {
    List<Set<String>> results = new ArrayList<>();
    for (float[] query : queries) {
      String body = "{\"vector\":%s,\"k\":%d}".formatted(Rest.JSON.writeValueAsString(query), K);
      Rest.Answer answer = rest.post("/v1/tables/items:search", body);
      assertThat(answer.status()).isEqualTo(200);
      results.add(new HashSet<>(ids(answer.body().path("matches"))));
    }
    return results;
  }

  private static double recall(List<Set<String>> exact, List<Set<String>> found) {
    long hits = 0;
    for (int i = 0; i < exact.size(); i++) {
      hits += found.get(i).stream().filter(exact.get(i)::contains).count();
    }
    return (double) hits / (exact.size() * K);
  }

  private static List<String> ids(JsonNode matches) {
    List<String> ids = new ArrayList<>();
    matches.forEach(match -> ids.add(match.path("id").asText()));
    return ids;
  }

  private static Vector packed(float[] vector) {
    ByteBuffer bytes =
        ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.asFloatBuffer().put(vector);
    return Vector.newBuilder().setPacked(ByteString.copyFrom(bytes)).build();
  }

  private static List<float[]> fvecs(Path path, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(path)).order(ByteOrder.LITTLE_ENDIAN);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      assertThat(bytes.getInt()).isEqualTo(DIMENSION);
      float[] vector = new float[DIMENSION];
      bytes.asFloatBuffer().get(vector);
      bytes.position(bytes.position() + DIMENSION * Float.BYTES);
      vectors.add(vector);
    }
    return vectors;
  }

  @Test
  void filtersLookAtFieldsAndMetadata() throws IOException, InterruptedException {
    StringBuilder rows = new StringBuilder();
    String[] cities = {"Berlin", "Oslo", "Rome"};
    for (int i = 0; i < 300; i++) {
      rows.append(
          """
          {"id":"r%03d","vectors":{"v":[%d,1]},"fields":{"city":"%s","price":%d},\
          "metadata":{"shelf":{"row":%d},"tags":["t%d"]}}
          """
              .formatted(i, i, cities[i % 3], i, i % 10, i % 7));
    }
    Path file = Files.writeString(directory.resolve("rows.jsonl"), rows);
    try (KindredProcess server = KindredProcess.serve(directory.resolve("data"));
        Rest rest = new Rest(server.uri())) {
      try (KindredProcess load =
          KindredProcess.start("import", file.toString(), "--table", "t", "--url", server.uri())) {
        assertThat(load.exitStatus()).as(load.transcript()).isZero();
      }
      assertThat(search(rest, "{\"city\":\"Oslo\",\"price\":{\"$lt\":20}}"))
          .containsExactly("r019", "r016", "r013", "r010", "r007", "r004", "r001");
      assertThat(search(rest, "{\"tags\":\"t3\",\"price\":{\"$gte\":290}}"))
          .containsExactly("r297", "r290");
      assertThat(search(rest, "{\"$or\":[{\"price\":5},{\"price\":{\"$in\":[7,9]}}]}"))
          .containsExactly("r009", "r007", "r005");
      assertThat(search(rest, "{\"shelf\":{\"$exists\":false}}")).isEmpty();
    }
  }

  private static List<String> search(Rest rest, String filter)
      throws IOException, InterruptedException {
    Rest.Answer answer =
        rest.post(
            "/v1/tables/t:search", "{\"vector\":[1,0],\"k\":50,\"filter\":%s}".formatted(filter));
    assertThat(answer.status()).as(answer.body().toString()).isEqualTo(200);
    return ids(answer.body().path("matches"));
  }
}
