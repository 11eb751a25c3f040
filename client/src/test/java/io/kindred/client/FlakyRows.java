package io.kindred.client;

import io.grpc.Metadata;
import io.grpc.Server;
import io.grpc.Status;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.StreamObserver;
import io.kindred.protocol.v1.PutRequest;
import io.kindred.protocol.v1.RowServiceGrpc.RowServiceImplBase;
import io.kindred.protocol.v1.WriteResponse;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/// A row service that fails as it is told to, and insists that every put has an operation id which
/// only retries of it share. Thread-safe.
final class FlakyRows extends RowServiceImplBase implements AutoCloseable {
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("kindred-error-code", Metadata.ASCII_STRING_MARSHALLER);

  private final Server server;
  private final Deque<Status> failures = new ArrayDeque<>();
  private final Set<String> answered = new HashSet<>();
  private final List<String> operationIds = new ArrayList<>();
  private long rows;

  FlakyRows() throws IOException {
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(this)
            .build()
            .start();
  }

  int port() {
    return server.getPort();
  }

  /// The next calls fail with these, one each.
  synchronized void failWith(Status... statuses) {
    failures.addAll(List.of(statuses));
  }

  synchronized List<String> operationIds() {
    return List.copyOf(operationIds);
  }

  synchronized long rows() {
    return rows;
  }

  @Override
  public synchronized void put(PutRequest request, StreamObserver<WriteResponse> caller) {
    String id = request.getOperationId();
    operationIds.add(id);
    if (id.isEmpty() || answered.contains(id)) {
      caller.onError(Status.FAILED_PRECONDITION.withDescription("id: " + id).asException());
      return;
    }
    Status failure = failures.poll();
    if (failure != null) {
      Metadata trailers = new Metadata();
      trailers.put(CODE, "OVERLOADED");
      caller.onError(failure.asException(trailers));
      return;
    }
    answered.add(id);
    rows += request.getRowsCount();
    caller.onNext(WriteResponse.newBuilder().setApplied(request.getRowsCount()).build());
    caller.onCompleted();
  }

  @Override
  public void close() {
    server.shutdownNow();
  }
}
