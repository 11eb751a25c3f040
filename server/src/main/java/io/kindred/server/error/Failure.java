package io.kindred.server.error;

import com.linecorp.armeria.common.ContentTooLargeException;
import com.linecorp.armeria.common.TimeoutException;
import com.linecorp.armeria.common.stream.AbortedStreamException;
import com.linecorp.armeria.common.stream.CancelledSubscriptionException;
import com.linecorp.armeria.common.stream.ClosedStreamException;
import com.linecorp.armeria.common.util.Exceptions;
import com.linecorp.armeria.server.HttpStatusException;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Why a call failed, in the form that its caller is told. Immutable.
public record Failure(ErrorCode code, String message) {
  private static final Logger LOG = LoggerFactory.getLogger(Failure.class);

  /// Even where each character takes nine bytes, as a header of gRPC may hold it, a message of this
  /// length leaves room in the eight KiB of headers that clients take.
  private static final int MESSAGE_CHARACTERS_MAX = 600;

  public Failure {
    message = shortened(message);
  }

  /// A long value is cut out of the middle: the expectation and the place stand behind it.
  private static String shortened(String message) {
    if (message.length() <= MESSAGE_CHARACTERS_MAX) {
      return message;
    }
    int half = MESSAGE_CHARACTERS_MAX / 2 - 20;
    int left = message.length() - 2 * half;
    return "%s … (%d characters) … %s"
        .formatted(message.substring(0, half), left, message.substring(message.length() - half));
  }

  /// What to tell the caller about an exception. One that nobody foresaw is logged here, once,
  /// under an id that the caller is told in place of its text.
  public static Failure of(Throwable thrown) {
    Throwable cause = Exceptions.peel(thrown);
    return switch (cause) {
      case FailureException known -> known.failure();
      case KindredException known -> of(known);
      case HttpStatusException status when status.getCause() != null -> of(status.getCause());
      case ContentTooLargeException large ->
          new Failure(
              ErrorCode.TOO_LARGE,
              "request: %s bytes (expected: at most %d)"
                  .formatted(
                      large.transferred() < 0 ? "too many" : "more than " + large.transferred(),
                      large.maxContentLength()));
      case TimeoutException late ->
          new Failure(
              ErrorCode.NOT_READY,
              "request: no answer in time (expected: less than the server's request time; a write may"
                  + " still be stored, so retry it with its operation_id)");
      case ClosedStreamException gone -> gone(gone);
      case AbortedStreamException gone -> gone(gone);
      case CancelledSubscriptionException gone -> gone(gone);
      default -> unforeseen(cause);
    };
  }

  private static Failure of(KindredException known) {
    if (known.code().kind() == ErrorCode.Kind.INTERNAL) {
      LOG.error("call failed code={}", known.code(), known);
    }
    String message = known.getMessage();
    return new Failure(known.code(), message == null ? known.code().name() : message);
  }

  /// The caller went away; nobody reads this answer.
  private static Failure gone(RuntimeException cause) {
    LOG.debug("caller gone", cause);
    return new Failure(ErrorCode.NOT_READY, "request: ended by its caller");
  }

  private static Failure unforeseen(Throwable cause) {
    String id = HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    LOG.error("unexpected failure id={}; please report it with this text", id, cause);
    return new Failure(
        ErrorCode.INTERNAL, "internal error " + id + "; the server's log says more under this id");
  }
}
