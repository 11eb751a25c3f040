package io.kindred.server.work;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.util.TimeoutMode;
import com.linecorp.armeria.server.HttpService;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.SimpleDecoratingHttpService;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;

/// Takes each request in: its bytes take room among those of all requests until it is answered, and
/// where its caller waits only so long (`grpc-timeout`), so does the server. Thread-safe.
public final class BoundedRequests extends SimpleDecoratingHttpService {
  private static final AsciiString GRPC_TIMEOUT = HttpHeaderNames.of("grpc-timeout");
  private static final int TIMEOUT_DIGITS_MAX = 8;

  private final RequestBytes bytes;
  private final Predicate<String> isStream;

  /// @param isStream whether a path is one whose requests go on and on; their messages take room
  ///   one by one
  public BoundedRequests(HttpService service, RequestBytes bytes, Predicate<String> isStream) {
    super(service);
    this.bytes = bytes;
    this.isStream = isStream;
  }

  @Override
  public HttpResponse serve(ServiceRequestContext context, HttpRequest request) throws Exception {
    shortenTimeout(context, request);
    if (isStream.test(context.path()) || request.isEmpty()) {
      return unwrap().serve(context, request);
    }
    AtomicLong taken = new AtomicLong();
    // After this nothing comes in any more, and nothing reads what came in.
    var _ = context.log().whenComplete().thenAccept(log -> bytes.giveBack(taken.get()));
    HttpRequest counted = request.peekData(data -> take(data, taken));
    context.updateRequest(counted);
    return unwrap().serve(context, counted);
  }

  private void take(HttpData data, AtomicLong taken) {
    int length = data.length();
    bytes.take(length);
    taken.addAndGet(length);
  }

  private static void shortenTimeout(ServiceRequestContext context, HttpRequest request) {
    String text = request.headers().get(GRPC_TIMEOUT);
    if (text == null) {
      return;
    }
    long millisMax = context.requestTimeoutMillis();
    timeout(text)
        .filter(timeout -> millisMax == 0 || timeout.toMillis() < millisMax)
        .ifPresent(timeout -> context.setRequestTimeout(TimeoutMode.SET_FROM_START, timeout));
  }

  /// A timeout as gRPC writes it: up to eight digits and a unit. Whatever else is none.
  static Optional<Duration> timeout(String text) {
    int digits = text.length() - 1;
    if (digits < 1 || digits > TIMEOUT_DIGITS_MAX) {
      return Optional.empty();
    }
    long number = 0;
    for (int i = 0; i < digits; i++) {
      char digit = text.charAt(i);
      if (digit < '0' || digit > '9') {
        return Optional.empty();
      }
      number = number * 10 + digit - '0';
    }
    long least = Math.max(1, number);
    return switch (text.charAt(digits)) {
      case 'H' -> Optional.of(Duration.ofHours(least));
      case 'M' -> Optional.of(Duration.ofMinutes(least));
      case 'S' -> Optional.of(Duration.ofSeconds(least));
      case 'm' -> Optional.of(Duration.ofMillis(least));
      // Armeria counts in milliseconds.
      case 'u' -> Optional.of(Duration.ofMillis(Math.max(1, number / 1_000)));
      case 'n' -> Optional.of(Duration.ofMillis(Math.max(1, number / 1_000_000)));
      default -> Optional.empty();
    };
  }
}
