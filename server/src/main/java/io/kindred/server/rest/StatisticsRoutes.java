package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpData;
import com.linecorp.armeria.common.HttpHeaderNames;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpResponseWriter;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.common.ResponseHeaders;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.server.telemetry.LiveStatistics;
import io.kindred.server.telemetry.Telemetry;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/// The routes of statistics and metrics. Thread-safe.
@Description("What the process does right now.")
public final class StatisticsRoutes implements AutoCloseable {
  private static final MediaType PROMETHEUS =
      MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

  private final LiveStatistics statistics;
  private final Telemetry telemetry;
  private final int subscribersMax;
  private final Set<Subscriber> subscribers = ConcurrentHashMap.newKeySet();

  public StatisticsRoutes(LiveStatistics statistics, Telemetry telemetry, int subscribersMax) {
    this.statistics = statistics;
    this.telemetry = telemetry;
    this.subscribersMax = subscribersMax;
  }

  @Get("/metrics")
  @Description("All metrics in Prometheus's text format.")
  public HttpResponse metrics() {
    return HttpResponse.of(HttpStatus.OK, PROMETHEUS, telemetry.scrape());
  }

  @Get("/v1/stats")
  @Description("The last second: rates, latencies, log, memory, per table.")
  public HttpResponse latest() {
    return HttpResponse.of(HttpStatus.OK, MediaType.JSON, statistics.latest());
  }

  @SuppressWarnings("FutureReturnValueIgnored") // whatever ended the stream, it is over
  @Get("/v1/stats/stream")
  @Description("The same as server-sent events, one object a second.")
  public HttpResponse stream(ServiceRequestContext context) {
    if (subscribers.size() >= subscribersMax) {
      throw KindredException.of(
          ErrorCode.OVERLOADED, "subscribers", subscribersMax, "fewer than " + subscribersMax);
    }
    context.clearRequestTimeout();
    Subscriber subscriber = new Subscriber();
    subscribers.add(subscriber);
    statistics.subscribe(subscriber);
    subscriber
        .out
        .whenComplete()
        .handle(
            (done, thrown) -> {
              statistics.unsubscribe(subscriber);
              return subscribers.remove(subscriber);
            });
    subscriber.accept(statistics.latest());
    return subscriber.out;
  }

  /// One reader of the stream. A sample that comes before the last one was taken off is left out,
  /// so a slow reader holds one sample and never more. Samples come from one thread at a time.
  private static final class Subscriber implements Consumer<String> {
    private final HttpResponseWriter out = HttpResponse.streaming();
    private CompletableFuture<Void> taken;

    Subscriber() {
      out.write(
          ResponseHeaders.of(
              HttpStatus.OK,
              HttpHeaderNames.CONTENT_TYPE,
              MediaType.EVENT_STREAM,
              HttpHeaderNames.CACHE_CONTROL,
              "no-store"));
      taken = CompletableFuture.completedFuture(null);
    }

    @Override
    public synchronized void accept(String sample) {
      if (taken.isDone()) {
        if (out.tryWrite(HttpData.of(StandardCharsets.UTF_8, "data: " + sample + "\n\n"))) {
          taken = out.whenConsumed();
        }
      }
    }
  }

  /// Ends every stream, so that the server need not wait for its readers.
  @Override
  public void close() {
    for (Subscriber subscriber : subscribers) {
      subscriber.out.close();
    }
  }
}
