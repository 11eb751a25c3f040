package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.ManagedChannel;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.kindred.engine.Budget;
import io.kindred.server.RunningServer.Answer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Health, statistics, metrics, references, limits and the end of a server.
final class ServerOperationTest {
  @TempDir Path directory;

  private static void fill(RunningServer server) {
    server.post(
        "/v1/tables", "{'name':'t','vectors':{'v':{'dimension':2,'index':{'kind':'flat'}}}}");
    server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'a','vectors':{'v':[1,0]}}]}");
    server.get("/v1/tables/t/rows/a");
    server.get("/v1/tables/t/rows/none");
    server.post("/v1/tables/t:search", "{'vector':[1,0]}");
  }

  @Test
  void theHistoryHasASampleASecondAsColumnsOfOneLength() throws InterruptedException {
    try (RunningServer server = new RunningServer(directory)) {
      fill(server);
      Events events = new Events(server.web().get("/v1/stats/stream"));
      events.next();
      events.next();
      JsonNode history = server.get("/v1/stats/history").body();
      int samples = history.get("times_ms").size();
      assertThat(samples).isBetween(2, 900);
      history.get("columns").forEach(column -> assertThat(column.size()).isEqualTo(samples));
      long last = history.get("times_ms").get(samples - 1).asLong();
      assertThat(server.get("/v1/stats/history?since_ms=" + last).body().get("times_ms").size())
          .isLessThan(samples);
      assertThat(server.get("/v1/stats/history?since_ms=x").message())
          .isEqualTo("since_ms: x (expected: at least 0)");
    }
  }

  @Test
  void healthStartPageAndReferenceAnswer() {
    try (RunningServer server = new RunningServer(directory)) {
      assertThat(server.get("/health/live").body().get("status").asText()).isEqualTo("live");
      assertThat(server.get("/health/ready").body().get("status").asText()).isEqualTo("ready");
      assertThat(server.get("/").whole().contentUtf8()).contains("<h1>Kindred</h1>");
      assertThat(server.get("/docs/").status()).isEqualTo(200);
      assertThat(server.get("/docs/specification.json").whole().contentUtf8())
          .contains("kindred.v1.RowService", "embeddings.EmbeddingStore", "rows:put", ":search");
    }
  }

  @Test
  void metricsTellOperationsTablesLogAndJvm() {
    try (RunningServer server = new RunningServer(directory)) {
      fill(server);
      server.store.checkpoint();

      AggregatedHttpResponse metrics = server.get("/metrics").whole();
      assertThat(metrics.contentUtf8().lines())
          .contains(
              "kindred_operation_seconds_count{operation=\"put\"} 1",
              "kindred_operation_seconds_count{operation=\"get\"} 2",
              "kindred_operation_seconds_count{operation=\"search\"} 1",
              "kindred_errors_total{code=\"ROW_NOT_FOUND\",operation=\"get\"} 1.0",
              "kindred_table_rows{table=\"t\"} 1.0",
              "kindred_table_delta_rows{table=\"t\"} 1.0",
              "kindred_table_rows_written_total{table=\"t\"} 1.0",
              "kindred_table_searches_total{table=\"t\"} 1.0",
              "kindred_checkpoint_seconds_count{table=\"t\"} 1",
              "kindred_log_committed_position 2.0",
              "kindred_log_applied_position 2.0",
              "kindred_disk_state 0.0",
              "kindred_problems 0.0",
              "kindred_damaged_files 0.0",
              "kindred_memory_budget_bytes " + (double) Budget.DEFAULT.memoryBytes());
      assertThat(metrics.contentUtf8())
          .contains(
              "kindred_table_bytes{kind=\"vectors\",table=\"t\"}",
              "kindred_table_memory_bytes{kind=\"delta_rows\",table=\"t\"}",
              "kindred_disk_free_bytes",
              "kindred_log_commit_seconds_count",
              "kindred_operation_seconds_bucket{operation=\"search\",le=\"0.001\"}",
              "jvm_memory_used_bytes",
              "process_uptime_seconds");
      server.delete("/v1/tables/t");
      assertThat(server.get("/metrics").whole().contentUtf8()).doesNotContain("table=\"t\"");
    }
  }

  @Test
  void aTablesMemoryBudgetIsShown() throws Exception {
    try (RunningServer server = new RunningServer(directory)) {
      JsonNode created =
          server.post("/v1/tables", "{'name':'limited','memory_bytes':33554432}").body();
      assertThat(created.path("memory_bytes").asLong()).isEqualTo(33_554_432);
      assertThat(server.post("/v1/tables", "{'name':'u','memory_bytes':null}").body())
          .noneMatch(it -> it.path("memory_bytes").isNumber());
      Events events = new Events(server.web().get("/v1/stats/stream"));
      events.next();
      JsonNode stats = events.next();
      assertThat(stats.at("/memory/tables/limited/budget_bytes").asLong()).isEqualTo(33_554_432);
      assertThat(stats.at("/memory/tables/limited/used_bytes").isNumber()).isTrue();
      assertThat(stats.at("/memory/tables/u").has("budget_bytes")).isFalse();
      assertThat(server.get("/metrics").whole().contentUtf8())
          .contains("kindred_table_memory_budget_bytes{table=\"limited\"} 3.3554432E7");
    }
  }

  @Test
  void theStatisticsStreamDeliversOneObjectASecond() throws Exception {
    try (RunningServer server = new RunningServer(directory)) {
      fill(server);
      Events events = new Events(server.web().get("/v1/stats/stream"));
      JsonNode first = events.next();
      fill(server);
      JsonNode second = events.next();
      JsonNode third = events.next();

      assertThat(first.has("upserts_per_s")).isTrue();
      assertThat(second.get("time").asText()).isLessThan(third.get("time").asText());
      assertThat(third.at("/tables/0/name").asText()).isEqualTo("t");
      assertThat(third.at("/tables/0/row_count").asInt()).isEqualTo(1);
      assertThat(third.at("/operations/search").has("p99_us")).isTrue();
      assertThat(third.at("/searches").has("p99_us")).isTrue();
      assertThat(third.at("/log/lag").asInt()).isZero();
      assertThat(third.at("/memory/heap_used_bytes").asLong()).isPositive();
      assertThat(third.at("/memory/components/delta_rows").asLong()).isPositive();
      assertThat(third.at("/memory/tables/t/delta_rows").asLong()).isPositive();
      assertThat(third.at("/memory/used_bytes").asLong())
          .isBetween(1L, third.at("/memory/budget_bytes").asLong());
      assertThat(third.at("/disk/state").asText()).isEqualTo("ok");
      assertThat(third.at("/disk/free_bytes").asLong()).isPositive();
      assertThat(third.at("/scrub/damaged_files").isArray()).isTrue();
      assertThat(third.at("/problems").isArray()).isTrue();
      assertThat(server.get("/v1/stats").body().fieldNames())
          .toIterable()
          .containsExactlyElementsOf(third::fieldNames);
    }
  }

  @Test
  void aDiskWithoutRoomIsToldAndReadsGoOn() {
    try (RunningServer server = new RunningServer(directory)) {
      fill(server);
    }
    Budget all = Budget.DEFAULT.withDiskFreeBytes(Budget.BYTES_MAX);
    try (RunningServer server = new RunningServer(directory, ServerOptions.DEFAULT, all)) {
      Answer refused = server.post("/v1/tables/t/rows:put", "{'rows':[{'id':'b'}]}");
      assertThat(refused.status()).isEqualTo(503);
      assertThat(refused.code()).isEqualTo("STORAGE_UNAVAILABLE");
      assertThat(refused.message()).contains("bytes free at " + directory);
      assertThat(server.get("/v1/tables/t/rows/a").status()).isEqualTo(200);
      assertThat(server.post("/v1/tables/t:search", "{'vector':[1,0]}").status()).isEqualTo(200);

      JsonNode ready = server.get("/health/ready").body();
      assertThat(ready.get("status").asText()).isEqualTo("degraded");
      assertThat(ready.at("/problems/0").asText()).startsWith("disk: ");
      assertThat(server.get("/v1/stats").body().at("/disk/state").asText()).isEqualTo("read_only");
      assertThat(server.get("/metrics").whole().contentUtf8()).contains("kindred_disk_state 3.0");
    }
  }

  @Test
  void readersOfTheStreamAreBounded() throws Exception {
    ServerOptions few =
        new ServerOptions(
            "127.0.0.1",
            0,
            1 << 20,
            10,
            10,
            10,
            Duration.ofSeconds(5),
            Duration.ofSeconds(5),
            1,
            "users",
            "items");
    try (RunningServer server = new RunningServer(directory, few)) {
      Events events = new Events(server.web().get("/v1/stats/stream"));
      events.next();

      Answer refused = server.get("/v1/stats/stream");
      assertThat(refused.status()).isEqualTo(429);
      assertThat(refused.code()).isEqualTo("OVERLOADED");
      assertThat(refused.whole().headers().get("retry-after")).isEqualTo("1");
    }
  }

  @Test
  void grpcHealthAndReflectionAnswer() throws Exception {
    try (RunningServer server = new RunningServer(directory)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      try {
        assertThat(
                HealthGrpc.newBlockingStub(channel)
                    .check(HealthCheckRequest.getDefaultInstance())
                    .getStatus())
            .isEqualTo(ServingStatus.SERVING);
        assertThat(services(channel))
            .contains(
                "kindred.v1.TableService",
                "kindred.v1.RowService",
                "kindred.v1.SearchService",
                "kindred.v1.PipelineService",
                "embeddings.EmbeddingStore");
      } finally {
        channel.shutdownNow();
      }
    }
  }

  private static List<String> services(ManagedChannel channel) throws Exception {
    CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
    StreamObserver<ServerReflectionRequest> requests =
        ServerReflectionGrpc.newStub(channel)
            .serverReflectionInfo(
                new StreamObserver<>() {
                  @Override
                  public void onNext(ServerReflectionResponse response) {
                    answer.complete(response);
                  }

                  @Override
                  public void onError(Throwable thrown) {
                    answer.completeExceptionally(thrown);
                  }

                  @Override
                  public void onCompleted() {}
                });
    requests.onNext(ServerReflectionRequest.newBuilder().setListServices("*").build());
    List<String> names =
        answer.get(10, TimeUnit.SECONDS).getListServicesResponse().getServiceList().stream()
            .map(service -> service.getName())
            .toList();
    requests.onCompleted();
    return names;
  }

  @Test
  void callsUnderWayAreFinishedWhenTheServerCloses() throws Exception {
    try (RunningServer server = new RunningServer(directory)) {
      fill(server);
      String token =
          server
              .post("/v1/tables/t/rows:put", "{'rows':[{'id':'b'}]}")
              .body()
              .get("token")
              .asText();
      String future = token.substring(0, 17) + "999999";
      Events events = new Events(server.web().get("/v1/stats/stream"));
      events.next();
      CompletableFuture<AggregatedHttpResponse> waiting =
          server
              .web()
              .execute(
                  RequestHeaders.of(HttpMethod.POST, "/v1/tables/t/rows:get"),
                  "{\"ids\":[\"a\"],\"timeout_ms\":700,\"token\":\"" + future + "\"}")
              .aggregate();
      // Answered on the same connection after the other was received.
      server.get("/health/live");

      server.server.close();
      assertThat(waiting.get(10, TimeUnit.SECONDS).contentUtf8()).contains("POSITION_NOT_REACHED");
      assertThat(events.end.get(10, TimeUnit.SECONDS)).isTrue();
      assertThatThrownBy(() -> server.get("/health/live")).isNotNull();
    }
  }
}
