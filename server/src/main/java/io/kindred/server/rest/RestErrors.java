package io.kindred.server.rest;

import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpResponseException;
import com.linecorp.armeria.server.HttpStatusException;
import com.linecorp.armeria.server.ServerErrorHandler;
import com.linecorp.armeria.server.ServiceConfig;
import com.linecorp.armeria.server.ServiceRequestContext;
import io.kindred.engine.ErrorCode;
import io.kindred.server.error.Failure;
import io.kindred.server.json.AnswerJson;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Answers every failure of HTTP as a JSON error: those of the routes, and those that HTTP itself
/// finds, such as an unknown path. Immutable.
public final class RestErrors implements ServerErrorHandler {
  @Override
  public HttpResponse onServiceException(ServiceRequestContext context, Throwable thrown) {
    Throwable cause = Exceptions.peel(thrown);
    if (cause instanceof HttpStatusException status) {
      return renderStatus(
              context,
              context.config(),
              context.request().headers(),
              status.httpStatus(),
              null,
              status.getCause())
          .toHttpResponse();
    }
    if (cause instanceof HttpResponseException answered) {
      return answered.httpResponse();
    }
    return Answers.failed(Failure.of(cause));
  }

  @Override
  public AggregatedHttpResponse renderStatus(
      @Nullable ServiceRequestContext context,
      ServiceConfig config,
      @Nullable RequestHeaders headers,
      HttpStatus status,
      @Nullable String description,
      @Nullable Throwable cause) {
    if (status.equals(HttpStatus.REQUEST_ENTITY_TOO_LARGE)) {
      return rendered(
          new Failure(
              ErrorCode.TOO_LARGE,
              "request: too many bytes (expected: at most %d)"
                  .formatted(config.maxRequestLength())));
    }
    if (status.equals(HttpStatus.SERVICE_UNAVAILABLE)) {
      return rendered(
          cause == null
              ? new Failure(ErrorCode.NOT_READY, "server: not ready (expected: a retry)")
              : Failure.of(cause));
    }
    if (status.equals(HttpStatus.INTERNAL_SERVER_ERROR) && context == null && headers == null) {
      // Nothing was asked of a service yet: what came in is no request.
      return rendered(
          new Failure(
              ErrorCode.INVALID_ARGUMENT, "request: malformed (expected: HTTP/1.1 or HTTP/2)"));
    }
    return rendered(headers, status);
  }

  private static AggregatedHttpResponse rendered(Failure failure) {
    return AggregatedHttpResponse.of(Answers.headers(failure), Answers.body(failure));
  }

  /// Errors that only HTTP knows have the status's own name as their code.
  private static AggregatedHttpResponse rendered(
      @Nullable RequestHeaders headers, HttpStatus status) {
    String place = headers == null ? "" : headers.method() + " " + headers.path();
    String message =
        switch (status.code()) {
          case 404 -> "path: " + place + " (expected: a path that /docs lists)";
          case 405 -> "method: " + place + " (expected: a method that /docs lists for the path)";
          default -> "request: " + place + " (" + status.reasonPhrase() + ")";
        };
    String code = status.reasonPhrase().toUpperCase(Locale.ROOT).replace(' ', '_');
    return AggregatedHttpResponse.of(
        status, MediaType.JSON, HttpData.wrap(AnswerJson.error(code, message)));
  }
}
