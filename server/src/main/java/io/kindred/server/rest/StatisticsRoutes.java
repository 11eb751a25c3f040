package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.HttpStatus;
import com.linecorp.armeria.common.MediaType;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Default;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import io.kindred.server.stream.EventStreams;
import io.kindred.server.telemetry.LiveStatistics;
import io.kindred.server.telemetry.Telemetry;

/// The routes of statistics and metrics. Thread-safe.
@Description("What the process does right now.")
public final class StatisticsRoutes {
  private static final MediaType PROMETHEUS =
      MediaType.parse("text/plain; version=0.0.4; charset=utf-8");

  private final LiveStatistics statistics;
  private final Telemetry telemetry;
  private final EventStreams streams;

  public StatisticsRoutes(LiveStatistics statistics, Telemetry telemetry, EventStreams streams) {
    this.statistics = statistics;
    this.telemetry = telemetry;
    this.streams = streams;
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

  @Get("/v1/stats/history")
  @Description(
      "The samples of the last 15 minutes that are later than `since_ms` (since 1970; 0 if left"
          + " out), as columns.")
  public HttpResponse history(@Param("since_ms") @Default("0") String since) {
    return HttpResponse.of(
        HttpStatus.OK,
        MediaType.JSON,
        statistics.history(QueryParameters.number("since_ms", since, 0, Long.MAX_VALUE)));
  }

  @Get("/v1/stats/stream")
  @Description("The same as server-sent events, one object a second.")
  public HttpResponse stream(ServiceRequestContext context) {
    String[] last = {""};
    return streams.open(
        context,
        () -> {
          String latest = statistics.latest();
          if (latest.equals(last[0])) {
            return null;
          }
          last[0] = latest;
          return latest;
        });
  }
}
