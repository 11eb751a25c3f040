package io.kindred.client;

import io.grpc.Metadata;
import io.grpc.Status;

/// Why a call failed, as the server said it, or why it did not reach the server. Immutable.
public final class CallFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of("kindred-error-code", Metadata.ASCII_STRING_MARSHALLER);

  private final Status.Code status;
  private final String code;

  private CallFailedException(Status status, String code, String message, Throwable cause) {
    super(message, cause);
    this.status = status.getCode();
    this.code = code;
  }

  static CallFailedException of(Throwable thrown) {
    Status status = Status.fromThrowable(thrown);
    Metadata trailers = Status.trailersFromThrowable(thrown);
    String code = trailers == null ? null : trailers.get(CODE);
    String description = status.getDescription();
    return new CallFailedException(
        status,
        code == null ? "" : code,
        description == null ? status.getCode().name() : description,
        thrown);
  }

  /// The gRPC status.
  public Status.Code status() {
    return status;
  }

  /// The server's error code such as `DIMENSION_MISMATCH`; empty where the server did not answer.
  public String code() {
    return code;
  }

  /// Whether the same call may succeed a little later.
  public boolean isWorthARetry() {
    return status == Status.Code.UNAVAILABLE || status == Status.Code.RESOURCE_EXHAUSTED;
  }
}
