package io.kindred.server.grpc;

import com.google.protobuf.InvalidProtocolBufferException;
import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.RequestContext;
import com.linecorp.armeria.common.grpc.GrpcExceptionHandlerFunction;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusException;
import io.grpc.StatusRuntimeException;
import io.kindred.engine.ErrorCode;
import io.kindred.server.error.ErrorStatus;
import io.kindred.server.error.Failure;
import io.netty.util.AttributeKey;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Answers every failure of a gRPC call: the status, its message, and the error code as a trailer.
/// Immutable.
final class GrpcErrors implements GrpcExceptionHandlerFunction {
  private static final Logger LOG = LoggerFactory.getLogger(GrpcErrors.class);

  private static final AttributeKey<Boolean> FAILED =
      AttributeKey.valueOf(GrpcErrors.class, "FAILED");

  static final String CODE_NAME = "kindred-error-code";

  /// When to try again: clients of gRPC that retry by themselves wait for that long (proposal A6).
  static final String PUSHBACK_NAME = "grpc-retry-pushback-ms";

  static final String PUSHBACK_MILLIS = String.valueOf(ErrorStatus.RETRY_AFTER.toMillis());
  private static final Metadata.Key<String> PUSHBACK =
      Metadata.Key.of(PUSHBACK_NAME, Metadata.ASCII_STRING_MARSHALLER);
  private static final Metadata.Key<String> CODE =
      Metadata.Key.of(CODE_NAME, Metadata.ASCII_STRING_MARSHALLER);

  @Override
  public Status apply(RequestContext context, Status status, Throwable cause, Metadata trailers) {
    if (status.getCode() == Status.Code.CANCELLED) {
      return status;
    }
    if (context.hasOwnAttr(FAILED)) {
      // Of what still comes in for a call that has failed, nobody is told any more.
      LOG.debug("message for a call that has failed", cause);
      return status;
    }
    context.setAttr(FAILED, true);
    Failure failure = failure(status, cause);
    trailers.put(CODE, failure.code().name());
    if (ErrorStatus.isWorthARetry(failure.code())) {
      trailers.put(PUSHBACK, PUSHBACK_MILLIS);
    }
    return ErrorStatus.grpc(failure.code()).withDescription(failure.message());
  }

  private static Failure failure(Status status, Throwable cause) {
    if (isMalformed(cause)) {
      return new Failure(
          ErrorCode.INVALID_ARGUMENT,
          "message: no valid protobuf (expected: the request of this method)");
    }
    boolean isOfTransport =
        cause instanceof StatusRuntimeException || cause instanceof StatusException;
    if (!isOfTransport) {
      return Failure.of(cause);
    }
    String description = status.getDescription();
    String message = description == null ? status.getCode().name() : description;
    return switch (status.getCode()) {
      case RESOURCE_EXHAUSTED -> new Failure(ErrorCode.TOO_LARGE, "message: " + message);
      case DEADLINE_EXCEEDED, UNAVAILABLE -> new Failure(ErrorCode.NOT_READY, message);
      case INVALID_ARGUMENT, UNIMPLEMENTED -> new Failure(ErrorCode.INVALID_ARGUMENT, message);
      default -> Failure.of(cause);
    };
  }

  private static boolean isMalformed(Throwable thrown) {
    for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
      if (cause instanceof InvalidProtocolBufferException) {
        return true;
      }
      if (cause instanceof ContentTooLargeException) {
        return false;
      }
    }
    return false;
  }
}
