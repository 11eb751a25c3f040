package io.kindred.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.kindred.protocol.embeddings.BatchGetRequest;
import io.kindred.protocol.embeddings.BatchGetResponse;
import io.kindred.protocol.embeddings.BatchPutRequest;
import io.kindred.protocol.embeddings.BatchPutResponse;
import io.kindred.protocol.embeddings.DeleteRequest;
import io.kindred.protocol.embeddings.EmbeddingStoreGrpc;
import io.kindred.protocol.embeddings.EmbeddingStoreGrpc.EmbeddingStoreBlockingStub;
import io.kindred.protocol.embeddings.GetRequest;
import io.kindred.protocol.embeddings.GetResponse;
import io.kindred.protocol.embeddings.PutRequest;
import io.kindred.protocol.embeddings.Vector;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The embedding service of the original design, with the client that is generated from it.
final class EmbeddingStoreTest {
  @TempDir static Path directory;
  private static RunningServer server;
  private static ManagedChannel channel;
  private static EmbeddingStoreBlockingStub embeddings;

  @BeforeAll
  static void start() {
    server = new RunningServer(directory);
    channel = NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
    embeddings = EmbeddingStoreGrpc.newBlockingStub(channel);
  }

  @AfterEach
  void empty() {
    server.empty();
  }

  @AfterAll
  static void stop() {
    channel.shutdownNow();
    server.close();
  }

  private static PutRequest put(long id, float... values) {
    Vector.Builder vector = Vector.newBuilder();
    for (float value : values) {
      vector.addValues(value);
    }
    return PutRequest.newBuilder().setId(id).setVector(vector).build();
  }

  private GetResponse get(long id) {
    return embeddings.get(GetRequest.newBuilder().setId(id).build());
  }

  private static void assertFails(ThrowingCallable call, Status.Code status, String code) {
    Metadata.Key<String> key =
        Metadata.Key.of("kindred-error-code", Metadata.ASCII_STRING_MARSHALLER);
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> {
              assertThat(e.getStatus().getCode()).isEqualTo(status);
              Metadata trailers = Status.trailersFromThrowable(e);
              assertThat(trailers == null ? "" : trailers.get(key)).isEqualTo(code);
            });
  }

  @Test
  void aVectorIsPutGotAndDeleted() {
    assertThat(embeddings.put(put(-1L, 1, 2.5f, 3)).getSuccess()).isTrue();

    GetResponse got = get(-1L);
    assertThat(got.getFound()).isTrue();
    assertThat(got.getVector().getValuesList()).containsExactly(1f, 2.5f, 3f);
    assertThat(server.get("/v1/tables/embeddings/rows/18446744073709551615").status())
        .isEqualTo(200);
    assertThat(embeddings.delete(DeleteRequest.newBuilder().setId(-1L).build()).getSuccess())
        .isTrue();
    assertFails(() -> get(-1L), Status.Code.NOT_FOUND, "ROW_NOT_FOUND");
  }

  @Test
  void aMissingIdIsNotFoundAlsoBeforeTheFirstPut() {
    DeleteRequest delete = DeleteRequest.newBuilder().setId(7).build();
    assertFails(() -> get(7), Status.Code.NOT_FOUND, "ROW_NOT_FOUND");
    assertFails(() -> embeddings.delete(delete), Status.Code.NOT_FOUND, "ROW_NOT_FOUND");
    embeddings.put(put(1, 1, 2));
    assertFails(() -> get(7), Status.Code.NOT_FOUND, "ROW_NOT_FOUND");
    assertFails(() -> embeddings.delete(delete), Status.Code.NOT_FOUND, "ROW_NOT_FOUND");
  }

  @Test
  void aBadVectorIsAnInvalidArgumentAndChangesNothing() {
    embeddings.put(put(1, 1, 2));

    assertFails(
        () -> embeddings.put(put(1, 1, 2, 3)), Status.Code.INVALID_ARGUMENT, "DIMENSION_MISMATCH");
    assertFails(
        () -> embeddings.put(put(1, Float.NaN, 2)), Status.Code.INVALID_ARGUMENT, "INVALID_VECTOR");
    assertFails(() -> embeddings.put(put(2)), Status.Code.INVALID_ARGUMENT, "DIMENSION_MISMATCH");
    assertThat(get(1).getVector().getValuesList()).containsExactly(1f, 2f);
  }

  @Test
  void aFirstPutWithoutAVectorCreatesNoTable() {
    assertFails(() -> embeddings.put(put(1)), Status.Code.INVALID_ARGUMENT, "INVALID_ARGUMENT");
    assertThat(server.get("/v1/tables/embeddings").status()).isEqualTo(404);
  }

  @Test
  void concurrentFirstPutsCreateOneTable() throws Exception {
    try (ExecutorService threads = Executors.newFixedThreadPool(8)) {
      List<Callable<Boolean>> puts =
          IntStream.range(0, 32)
              .mapToObj(id -> (Callable<Boolean>) () -> embeddings.put(put(id, id, 1)).getSuccess())
              .toList();
      for (Future<Boolean> put : threads.invokeAll(puts)) {
        assertThat(put.get()).isTrue();
      }
    }
    assertThat(server.get("/v1/tables/embeddings").body().get("row_count").asInt()).isEqualTo(32);
  }

  @Test
  void batchesNameTheBadAndServeTheGood() {
    BatchPutResponse put =
        embeddings.batchPut(
            BatchPutRequest.newBuilder()
                .addPuts(put(1, 1, 2))
                .addPuts(put(2, 1))
                .addPuts(put(3, 3, 4))
                .build());
    assertThat(put.getResultsList())
        .extracting(result -> result.getSuccess())
        .containsExactly(true, false, true);
    assertThat(put.getResults(1).getError()).startsWith("dimension: 1 (expected: 2");

    BatchGetResponse got =
        embeddings.batchGet(BatchGetRequest.newBuilder().addIds(3).addIds(2).addIds(1).build());
    assertThat(got.getResultsList())
        .extracting(result -> result.getFound())
        .containsExactly(true, false, true);
    assertThat(got.getResults(0).getVector().getValuesList()).containsExactly(3f, 4f);
  }

  @Test
  void aTableOfAnotherShapeIsRefusedByName() {
    server.post("/v1/tables", "{'name':'embeddings','vectors':{'v':{'dimension':2}}}");

    assertFails(() -> embeddings.put(put(1, 1, 2)), Status.Code.INVALID_ARGUMENT, "INVALID_KEY");
    assertFails(() -> get(1), Status.Code.INVALID_ARGUMENT, "INVALID_KEY");
  }
}
