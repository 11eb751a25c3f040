package io.kindred.server.error;

import com.linecorp.armeria.common.HttpStatus;
import io.grpc.Status;
import io.kindred.engine.ErrorCode;
import java.time.Duration;

/// The one place that maps an error code to an HTTP and to a gRPC status. Immutable.
public final class ErrorStatus {
  /// When a request that there was no room for is worth another try.
  public static final Duration RETRY_AFTER = Duration.ofSeconds(1);

  private ErrorStatus() {}

  /// Whether the same request may go well a little later.
  public static boolean isWorthARetry(ErrorCode code) {
    return code.kind() == ErrorCode.Kind.OVERLOADED || code.kind() == ErrorCode.Kind.UNAVAILABLE;
  }

  public static HttpStatus http(ErrorCode code) {
    return switch (code.kind()) {
      case INVALID -> HttpStatus.BAD_REQUEST;
      case NOT_FOUND -> HttpStatus.NOT_FOUND;
      case CONFLICT -> HttpStatus.CONFLICT;
      case TOO_LARGE -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
      case OVERLOADED -> HttpStatus.TOO_MANY_REQUESTS;
      case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
      case INTERNAL -> HttpStatus.INTERNAL_SERVER_ERROR;
    };
  }

  /// Only `RESOURCE_EXHAUSTED` and `UNAVAILABLE` are worth a retry of the same request, as gRPC
  /// clients assume; so what is too large is an invalid argument here.
  public static Status grpc(ErrorCode code) {
    return switch (code.kind()) {
      case INVALID, TOO_LARGE -> Status.INVALID_ARGUMENT;
      case NOT_FOUND -> Status.NOT_FOUND;
      case CONFLICT -> code == ErrorCode.TABLE_EXISTS ? Status.ALREADY_EXISTS : Status.ABORTED;
      case OVERLOADED -> Status.RESOURCE_EXHAUSTED;
      case UNAVAILABLE -> Status.UNAVAILABLE;
      case INTERNAL -> Status.INTERNAL;
    };
  }
}
