package io.kindred.app.tables;

import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.NettyChannelBuilder;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.protocol.v1.RowServiceGrpc;
import io.kindred.protocol.v1.SearchServiceGrpc;
import io.kindred.protocol.v1.TableServiceGrpc;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;

/// A connection to a server's gRPC port. Connects with the first call. Thread-safe.
public final class RemoteServer implements AutoCloseable {
  private static final int DEFAULT_PORT = 80;
  private static final int MESSAGE_BYTES_MAX = 64 << 20;
  private static final Duration CALL_TIME = Duration.ofSeconds(60);
  private static final Duration CLOSE_TIME = Duration.ofSeconds(5);
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("kindred-error-code", Metadata.ASCII_STRING_MARSHALLER);

  private final URI uri;
  private final ManagedChannel channel;

  private RemoteServer(URI uri, ManagedChannel channel) {
    this.uri = uri;
    this.channel = channel;
  }

  /// The server at `http://HOST:PORT`.
  public static RemoteServer at(URI uri) {
    ManagedChannel channel =
        NettyChannelBuilder.forAddress(
                uri.getHost(), uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort())
            .usePlaintext()
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .build();
    return new RemoteServer(uri, channel);
  }

  public TableServiceGrpc.TableServiceBlockingStub tables() {
    return TableServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_TIME.toMillis(), TimeUnit.MILLISECONDS);
  }

  public RowServiceGrpc.RowServiceBlockingStub rows() {
    return RowServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_TIME.toMillis(), TimeUnit.MILLISECONDS);
  }

  RowServiceGrpc.RowServiceFutureStub rowFutures() {
    return RowServiceGrpc.newFutureStub(channel)
        .withDeadlineAfter(CALL_TIME.toMillis(), TimeUnit.MILLISECONDS);
  }

  public SearchServiceGrpc.SearchServiceBlockingStub searches() {
    return SearchServiceGrpc.newBlockingStub(channel)
        .withDeadlineAfter(CALL_TIME.toMillis(), TimeUnit.MILLISECONDS);
  }

  /// Calls, and turns a failure into the exception that the engine would have thrown.
  public <T> T call(Supplier<T> call) {
    try {
      return call.get();
    } catch (StatusRuntimeException e) {
      throw problem(e);
    }
  }

  /// The failure as the server named it, or what the connection has come to.
  KindredException problem(StatusRuntimeException e) {
    Metadata trailers = e.getTrailers();
    String code = trailers == null ? null : trailers.get(CODE);
    Status status = e.getStatus();
    if (code != null) {
      return new KindredException(
          ProtoMapping.code(code), String.valueOf(status.getDescription()), e);
    }
    boolean isAway =
        status.getCode() == Status.Code.UNAVAILABLE
            || status.getCode() == Status.Code.DEADLINE_EXCEEDED;
    return isAway
        ? new KindredException(
            ErrorCode.NOT_READY, "server: no answer from " + uri + " (expected: Kindred there)", e)
        : new KindredException(
            ErrorCode.INTERNAL, "server: " + status + " from " + uri + " (expected: Kindred there)", e);
  }

  URI uri() {
    return uri;
  }

  @Override
  public void close() {
    channel.shutdown();
    try {
      if (!channel.awaitTermination(CLOSE_TIME.toMillis(), TimeUnit.MILLISECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      channel.shutdownNow();
    }
  }
}
