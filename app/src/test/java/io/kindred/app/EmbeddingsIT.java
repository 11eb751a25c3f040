package io.kindred.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.kindred.protocol.embeddings.DeleteRequest;
import io.kindred.protocol.embeddings.EmbeddingStoreGrpc;
import io.kindred.protocol.embeddings.EmbeddingStoreGrpc.EmbeddingStoreBlockingStub;
import io.kindred.protocol.embeddings.GetRequest;
import io.kindred.protocol.embeddings.PutRequest;
import io.kindred.protocol.embeddings.Vector;
import java.io.IOException;
import java.nio.file.Path;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A client generated from the original design's proto works as that design says.
final class EmbeddingsIT {
  @TempDir private Path directory;

  private static void assertStatus(ThrowingCallable call, Status.Code code) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatusRuntimeException.class, e -> assertThat(e.getStatus().getCode()).isEqualTo(code));
  }

  @Test
  void aGeneratedClientPutsGetsAndDeletes() throws IOException {
    try (KindredProcess server = KindredProcess.serve(directory.resolve("data"))) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      try {
        EmbeddingStoreBlockingStub store = EmbeddingStoreGrpc.newBlockingStub(channel);
        Vector vector = Vector.newBuilder().addValues(1).addValues(-0.5f).addValues(3).build();
        GetRequest get = GetRequest.newBuilder().setId(-1L).build();

        assertThat(
                store
                    .put(PutRequest.newBuilder().setId(-1L).setVector(vector).build())
                    .getSuccess())
            .isTrue();
        assertThat(store.get(get).getFound()).isTrue();
        assertThat(store.get(get).getVector()).isEqualTo(vector);
        Vector wrong = Vector.newBuilder().addValues(1).build();
        assertStatus(
            () -> store.put(PutRequest.newBuilder().setId(7).setVector(wrong).build()),
            Status.Code.INVALID_ARGUMENT);
        DeleteRequest delete = DeleteRequest.newBuilder().setId(-1L).build();
        assertThat(store.delete(delete).getSuccess()).isTrue();
        assertStatus(() -> store.get(get), Status.Code.NOT_FOUND);
        assertStatus(() -> store.delete(delete), Status.Code.NOT_FOUND);
      } finally {
        channel.shutdownNow();
      }
    }
  }
}
