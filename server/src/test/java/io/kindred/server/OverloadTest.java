package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.NettyChannelBuilder;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Row;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.protocol.v1.GetVectorsRequest;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.protocol.v1.RowServiceGrpc.RowServiceBlockingStub;
import io.kindred.protocol.v1.ScanRequest;
import io.kindred.server.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// More is asked of the server than it has threads and room for: it refuses with a hint, serves all
/// tables, computes for nobody who has gone, and says that it is well. Its threads are held at a
/// gate, so that nothing depends on how fast they are.
@Timeout(120)
final class OverloadTest {
  private static final int QUEUE_MAX = 6;
  private static final int REQUEST_BYTES_MAX = 64 * 1024;
  private static final int CORES = Runtime.getRuntime().availableProcessors();
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("kindred-error-code", Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of("grpc-retry-pushback-ms", Metadata.ASCII_STRING_MARSHALLER);

  @TempDir Path directory;
  private GatedStore store;
  private KindredServer server;
  private WebClient web;
  private ManagedChannel channel;
  private RowServiceBlockingStub rows;

  @BeforeEach
  void start() {
    Telemetry telemetry = new Telemetry();
    store =
        new GatedStore(
            EmbeddedStore.open(StoreOptions.at(directory).withListener(telemetry.storeListener())));
    for (String name : List.of("flood", "other")) {
      store
          .createTable(
              TableSpec.of(
                  name,
                  KeyType.STRING,
                  Map.of("v", new VectorSpec(2, Metric.L2, new IndexSpec.Flat())),
                  Map.of()))
          .write(
              new Mutation.Put(
                  List.of(Row.of(Key.of("a"), Map.of("v", new float[] {1, 2}), Map.of(), Map.of())),
                  null))
          .join();
    }
    server =
        KindredServer.start(
            new ServerOptions(
                "127.0.0.1",
                0,
                REQUEST_BYTES_MAX,
                REQUEST_BYTES_MAX,
                1024,
                1024,
                QUEUE_MAX,
                Duration.ofSeconds(60),
                Duration.ofSeconds(5),
                4,
                "users",
                "items"),
            store,
            telemetry);
    web = WebClient.of("h2c://127.0.0.1:" + server.port());
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    rows = RowServiceGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void stop() {
    store.open();
    channel.shutdownNow();
    server.close();
    store.close();
  }

  private HttpResponse post(String path, String body) {
    return web.execute(
        RequestHeaders.of(HttpMethod.POST, path, "content-type", "application/json"), body);
  }

  private CompletableFuture<AggregatedHttpResponse> scan(String table) {
    return post("/v1/tables/" + table + "/rows:scan", "{\"limit\":1}").aggregate();
  }

  private double metric(String name) {
    return web.get("/metrics")
        .aggregate()
        .join()
        .contentUtf8()
        .lines()
        .filter(line -> line.startsWith(name + " "))
        .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
        .findFirst()
        .orElse(-1);
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + Duration.ofSeconds(60).toNanos();
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("time to wait").isLessThan(end);
      LockSupport.parkNanos(500_000);
    }
  }

  /// Holds every thread, and then fills the queue.
  private List<CompletableFuture<AggregatedHttpResponse>> fill() {
    List<CompletableFuture<AggregatedHttpResponse>> calls = new ArrayList<>();
    for (int i = 0; i < CORES; i++) {
      calls.add(scan("flood"));
    }
    await(() -> store.scansOf("flood") == CORES);
    for (int i = 0; i < QUEUE_MAX; i++) {
      calls.add(scan("flood"));
    }
    await(() -> metric("kindred_calls_queued") == QUEUE_MAX);
    return calls;
  }

  private static void assertRefused(AggregatedHttpResponse answer) {
    assertThat(answer.status().code()).isEqualTo(429);
    assertThat(answer.headers().get("retry-after")).isEqualTo("1");
    assertThat(answer.contentUtf8()).contains("\"OVERLOADED\"");
  }

  @Test
  void whatTheQueueHasNoRoomForIsRefusedWithAHint() {
    List<CompletableFuture<AggregatedHttpResponse>> admitted = fill();

    for (int i = 0; i < 20; i++) {
      AggregatedHttpResponse refused = scan("flood").join();
      assertRefused(refused);
      assertThat(refused.contentUtf8()).contains("calls waiting: 6 (expected: fewer than 6)");
    }
    assertThatThrownBy(() -> rows.scan(ScanRequest.newBuilder().setTable("flood").build()))
        .satisfies(
            thrown -> {
              Metadata trailers = Status.trailersFromThrowable(thrown);
              assertThat(Status.fromThrowable(thrown).getCode())
                  .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
              assertThat(trailers == null ? "" : trailers.get(CODE)).isEqualTo("OVERLOADED");
              assertThat(trailers == null ? "" : trailers.get(PUSHBACK)).isEqualTo("1000");
            });
    assertThat(store.scansOf("flood")).isEqualTo(CORES);
    assertThat(metric("kindred_calls_queued")).isEqualTo(QUEUE_MAX);

    store.open();
    for (CompletableFuture<AggregatedHttpResponse> call : admitted.subList(0, CORES)) {
      assertThat(call.join().status().code()).isEqualTo(200);
    }
    // Those that waited are answered too, or were told that it took too long.
    for (CompletableFuture<AggregatedHttpResponse> call : admitted) {
      assertThat(call.join().status().code()).isIn(200, 429);
    }
    assertThat(scan("flood").join().status().code()).isEqualTo(200);
  }

  @Test
  void healthShortReadsAndMetricsAnswerUnderAFlood() {
    fill();

    assertThat(web.get("/health/live").aggregate().join().status().code()).isEqualTo(200);
    assertThat(web.get("/health/ready").aggregate().join().status().code()).isEqualTo(200);
    assertThat(
            HealthGrpc.newBlockingStub(channel)
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
    GetVectorsRequest get = GetVectorsRequest.newBuilder().setTable("flood").addTexts("a").build();
    assertThat(rows.getVectors(get).getVectors().size()).isEqualTo(8);
    assertThat(metric("kindred_calls_queued")).isEqualTo(QUEUE_MAX);
  }

  @Test
  void aFloodOfOneTableKeepsNoOtherOut() {
    List<CompletableFuture<AggregatedHttpResponse>> flood = fill();

    // As many as the flood is left with, each in place of one of its own.
    List<CompletableFuture<AggregatedHttpResponse>> others = new ArrayList<>();
    for (int i = 0; i < QUEUE_MAX / 2; i++) {
      others.add(scan("other"));
    }
    await(() -> flood.stream().filter(CompletableFuture::isDone).count() == QUEUE_MAX / 2);
    assertThat(others).noneMatch(CompletableFuture::isDone);
    flood.subList(0, CORES + QUEUE_MAX / 2).forEach(call -> assertThat(call).isNotDone());
    flood.subList(CORES + QUEUE_MAX / 2, flood.size()).forEach(call -> assertRefused(call.join()));
    assertRefused(scan("other").join());
    assertRefused(scan("flood").join());
  }

  /// Whoever makes up names gets no turn for each.
  @Test
  void namesOfNoTableShareOneLine() {
    fill();

    List<CompletableFuture<AggregatedHttpResponse>> unknown = new ArrayList<>();
    for (int i = 0; i < QUEUE_MAX / 2 + 5; i++) {
      unknown.add(scan("none-" + i));
    }
    await(() -> unknown.stream().filter(CompletableFuture::isDone).count() == 5);
    unknown.stream().filter(CompletableFuture::isDone).forEach(call -> assertRefused(call.join()));
  }

  @Test
  void whatItsCallerGaveUpIsNotComputed() {
    fill();
    double before = metric("kindred_requests_bytes");
    HttpResponse abandoned =
        post("/v1/tables/other/rows:scan", "{\"limit\":1" + " ".repeat(1_000) + "}");
    await(() -> metric("kindred_requests_bytes") > before + 500);
    abandoned.abort();
    assertThatThrownBy(
            () ->
                rows.withDeadlineAfter(50, TimeUnit.MILLISECONDS)
                    .scan(ScanRequest.newBuilder().setTable("other").build()))
        .satisfies(
            thrown ->
                assertThat(Status.fromThrowable(thrown).getCode())
                    .isIn(Status.Code.DEADLINE_EXCEEDED, Status.Code.UNAVAILABLE));
    // The server knows of both, although their turn has not come. Two of the flood made way.
    await(() -> metric("kindred_requests_bytes") < before);
    assertThat(metric("kindred_calls_queued")).isEqualTo(QUEUE_MAX);

    store.open();
    await(() -> metric("kindred_calls_queued") == 0);
    assertThat(scan("flood").join().status().code()).isEqualTo(200);
    assertThat(store.scansOf("other")).isZero();
  }

  @Test
  void theBytesOfAllRequestsAreBounded() {
    List<CompletableFuture<AggregatedHttpResponse>> held = new ArrayList<>();
    for (int i = 0; i < CORES; i++) {
      held.add(scan("flood"));
    }
    await(() -> store.scansOf("flood") == CORES);
    String body = "{\"limit\":1" + " ".repeat(REQUEST_BYTES_MAX / 2) + "}";
    held.add(post("/v1/tables/flood/rows:scan", body).aggregate());
    await(() -> metric("kindred_calls_queued") == 1);

    AggregatedHttpResponse refused = post("/v1/tables/flood/rows:scan", body).aggregate().join();
    assertRefused(refused);
    assertThat(refused.contentUtf8()).contains("bytes of requests under way");
    assertThatThrownBy(
            () ->
                rows.scan(
                    ScanRequest.newBuilder().setTable("t".repeat(REQUEST_BYTES_MAX / 2)).build()))
        .satisfies(
            thrown -> {
              Metadata trailers = Status.trailersFromThrowable(thrown);
              assertThat(trailers == null ? "" : trailers.get(CODE)).isEqualTo("OVERLOADED");
              assertThat(Status.fromThrowable(thrown).getCode())
                  .isEqualTo(Status.Code.RESOURCE_EXHAUSTED);
            });
    assertThat(metric("kindred_calls_queued")).isEqualTo(1);

    store.open();
    held.forEach(call -> assertThat(call.join().status().code()).isIn(200, 429));
    await(() -> metric("kindred_requests_bytes") == 0);
    assertThat(post("/v1/tables/flood/rows:scan", body).aggregate().join().status().code())
        .isEqualTo(200);
  }
}
