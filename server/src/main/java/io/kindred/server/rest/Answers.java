package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import io.kindred.server.error.ErrorStatus;
import io.kindred.server.error.Failure;
import io.kindred.server.json.AnswerJson;

/// Answers of the REST routes.
final class Answers {
  private static final String RETRY_AFTER_SECONDS =
      String.valueOf(ErrorStatus.RETRY_AFTER.toSeconds());

  private Answers() {}

  static HttpResponse ok(byte[] json) {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON, HttpData.wrap(json));
  }

  static HttpResponse created(byte[] json) {
    return HttpResponse.of(HttpStatus.CREATED, MediaType.JSON, HttpData.wrap(json));
  }

  static HttpResponse accepted(byte[] json) {
    return HttpResponse.of(HttpStatus.ACCEPTED, MediaType.JSON, HttpData.wrap(json));
  }

  static ResponseHeaders headers(Failure failure) {
    ResponseHeaders headers =
        ResponseHeaders.of(
            ErrorStatus.http(failure.code()), HttpHeaderNames.CONTENT_TYPE, MediaType.JSON);
    return ErrorStatus.isWorthARetry(failure.code())
        ? headers.withMutations(
            mutable -> mutable.set(HttpHeaderNames.RETRY_AFTER, RETRY_AFTER_SECONDS))
        : headers;
  }

  static HttpData body(Failure failure) {
    return HttpData.wrap(AnswerJson.error(failure));
  }

  static HttpResponse failed(Failure failure) {
    return HttpResponse.of(headers(failure), body(failure));
  }
}
