package io.kindred.server.grpc;

import com.linecorp.armeria.common.util.Exceptions;
import io.grpc.stub.StreamObserver;
import java.util.concurrent.CompletableFuture;

/// Hands the outcome of a call to its gRPC caller.
final class Replies {
  private Replies() {}

  /// Answers once the outcome is there; [GrpcErrors] turns a failure into a status.
  @SuppressWarnings("FutureReturnValueIgnored") // the caller is told every outcome
  static <T> void answer(CompletableFuture<T> outcome, StreamObserver<T> caller) {
    outcome.whenComplete(
        (message, thrown) -> {
          if (thrown != null) {
            caller.onError(Exceptions.peel(thrown));
          } else {
            caller.onNext(message);
            caller.onCompleted();
          }
        });
  }
}
