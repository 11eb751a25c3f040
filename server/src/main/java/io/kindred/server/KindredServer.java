package io.kindred.server;

import com.linecorp.armeria.common.SessionProtocol;
import com.linecorp.armeria.common.util.EventLoopGroups;
import com.linecorp.armeria.common.util.ThreadFactories;
import com.linecorp.armeria.server.Server;
import com.linecorp.armeria.server.ServerBuilder;
import io.kindred.engine.Store;
import io.kindred.server.console.ConsoleFiles;
import io.kindred.server.events.EventTail;
import io.kindred.server.grpc.GrpcServices;
import io.kindred.server.rest.ApiReference;
import io.kindred.server.rest.BackupRoutes;
import io.kindred.server.rest.FeatureRoutes;
import io.kindred.server.rest.HealthRoutes;
import io.kindred.server.rest.PipelineRoutes;
import io.kindred.server.rest.RecommendRoutes;
import io.kindred.server.rest.RestErrors;
import io.kindred.server.rest.RowRoutes;
import io.kindred.server.rest.SearchRoutes;
import io.kindred.server.rest.StartPage;
import io.kindred.server.rest.StatisticsRoutes;
import io.kindred.server.rest.SurveyRoutes;
import io.kindred.server.rest.TableRoutes;
import io.kindred.server.rest.TailRoutes;
import io.kindred.server.rest.TaskRoutes;
import io.kindred.server.rows.RowOperations;
import io.kindred.server.rows.Searches;
import io.kindred.server.stream.EventStreams;
import io.kindred.server.survey.Surveys;
import io.kindred.server.tasks.Imports;
import io.kindred.server.tasks.TaskBoard;
import io.kindred.server.telemetry.LiveStatistics;
import io.kindred.server.telemetry.Telemetry;
import io.kindred.server.work.BoundedRequests;
import io.kindred.server.work.Calls;
import io.micrometer.core.instrument.composite.CompositeMeterRegistry;
import io.netty.channel.EventLoopGroup;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/// One store served on one port: REST, gRPC, server-sent events, the console, metrics, health and
/// the API reference. Thread-safe. The store belongs to the caller, who closes it after the server.
public final class KindredServer implements AutoCloseable {
  /// Calls that arrive while the server closes are still answered; this long without one ends it.
  private static final Duration QUIET = Duration.ofMillis(50);

  private static final Duration EVENT_LOOPS_END = Duration.ofSeconds(2);

  private static final int WINDOW_BYTES = 8 * 1024 * 1024;

  /// How long a client of a closing server has to notice before its connection ends.
  private static final Duration CONNECTION_DRAIN = Duration.ofMillis(100);

  private static final Duration CONNECTION_IDLE = Duration.ofMinutes(10);

  private final AtomicBoolean open = new AtomicBoolean(true);
  private final EventLoopGroup eventLoops = newEventLoops();
  private final Server server;
  private final Calls calls;
  private final LiveStatistics statistics;
  private final EventStreams streams;
  private final Surveys surveys;
  private final GrpcServices grpc;
  private final String host;

  private KindredServer(ServerOptions options, Store store, ServerParts parts) {
    Telemetry telemetry = parts.telemetry();
    telemetry.observe(store, parts.pipelines());
    this.host = options.host();
    this.calls = new Calls(options, store, telemetry);
    this.statistics = new LiveStatistics(store, parts.pipelines(), telemetry);
    this.streams = new EventStreams(options.subscribersMax());
    this.surveys = new Surveys(store);
    EventTail events = parts.events();
    Imports imports = new Imports(InstantSource.system());
    TaskBoard tasks = new TaskBoard(store, telemetry.engineTasks(), imports, parts.backups());
    RowOperations rows = new RowOperations(store, telemetry, events, imports);
    Searches searches = new Searches(calls, events);
    this.grpc =
        new GrpcServices(options, calls, new GrpcServices.Parts(rows, searches, parts.pipelines()));

    ServerBuilder builder = Server.builder();
    bound(builder, options);
    builder
        .workerGroup(eventLoops, true)
        .errorHandler(new RestErrors())
        .decorator(
            service -> new BoundedRequests(service, calls.requestBytes(), GrpcServices::isStream))
        .annotatedService(new TableRoutes(calls))
        .annotatedService(new RowRoutes(calls, rows))
        .annotatedService(new SearchRoutes(calls, searches))
        .annotatedService(new FeatureRoutes(calls, options))
        .annotatedService(new RecommendRoutes(calls, searches, options))
        .annotatedService(new BackupRoutes(calls, parts.backups()))
        .annotatedService(new PipelineRoutes(calls, parts.pipelines()))
        .annotatedService(new SurveyRoutes(calls, rows, surveys))
        .annotatedService(new TaskRoutes(calls, tasks, streams))
        .annotatedService(new TailRoutes(events, parts.logs(), streams))
        .annotatedService(new StatisticsRoutes(statistics, telemetry, streams))
        .annotatedService(new HealthRoutes(open::get, store::health))
        .serviceUnder("/docs", new ApiReference());
    ConsoleFiles console = parts.console();
    if (console == null) {
      builder.service("/", StartPage.service(parts.whyNoConsole()));
    } else {
      console.addTo(builder);
    }
    grpc.addTo(builder);
    this.server = builder.build();
  }

  private static void bound(ServerBuilder builder, ServerOptions options) {
    builder
        .port(new InetSocketAddress(options.host(), options.port()), SessionProtocol.HTTP)
        // Armeria's own meters go nowhere; an empty composite keeps none.
        .meterRegistry(new CompositeMeterRegistry())
        .maxRequestLength(options.requestBytesMax())
        .maxNumConnections(options.connectionsMax())
        .http2MaxStreamsPerConnection(options.streamsMax())
        .http2InitialConnectionWindowSize(WINDOW_BYTES)
        .http2InitialStreamWindowSize(WINDOW_BYTES)
        .idleTimeout(CONNECTION_IDLE)
        .connectionDrainDuration(CONNECTION_DRAIN)
        .requestTimeout(options.requestTime())
        .gracefulShutdownTimeout(
            QUIET, options.shutdownTime().compareTo(QUIET) < 0 ? QUIET : options.shutdownTime())
        .unloggedExceptionsReportInterval(Duration.ZERO)
        .disableServerHeader()
        .disableDateHeader();
  }

  /// One thread a core. They end at once when the server does: by then it has answered every call.
  private static EventLoopGroup newEventLoops() {
    return EventLoopGroups.builder()
        .numThreads(Runtime.getRuntime().availableProcessors())
        .threadFactory(ThreadFactories.newThreadFactory("kindred-io", true))
        .gracefulShutdown(Duration.ZERO, EVENT_LOOPS_END)
        .build();
  }

  /// Starts to serve a store; answers once the port is open.
  public static KindredServer start(ServerOptions options, Store store, ServerParts parts) {
    KindredServer server = new KindredServer(options, store, parts);
    try {
      server.server.start().join();
    } catch (RuntimeException e) {
      server.statistics.close();
      server.streams.close();
      server.surveys.close();
      server.calls.close();
      throw e;
    }
    server.statistics.start();
    server.streams.start();
    return server;
  }

  /// As [#start(ServerOptions, Store, ServerParts)], with metrics alone.
  public static KindredServer start(ServerOptions options, Store store, Telemetry telemetry) {
    return start(options, store, ServerParts.of(telemetry));
  }

  /// The port that is listened on.
  public int port() {
    return server.activeLocalPort();
  }

  /// Where people and clients find the server, such as `http://127.0.0.1:7700`.
  public String uri() {
    String name = host.contains(":") ? "[" + host + "]" : host;
    return "http://" + name + ":" + port();
  }

  /// Takes no more calls, finishes those under way, and closes the port. The second call does
  /// nothing.
  @Override
  public void close() {
    if (!open.compareAndSet(true, false)) {
      return;
    }
    statistics.close();
    streams.close();
    grpc.close();
    CompletableFuture.anyOf(server.stop(), ended(eventLoops)).join();
    surveys.close();
    calls.close();
  }

  /// Done when the last connection is: what accepts connections has ended before, but its thread
  /// lingers for two seconds more.
  private static CompletableFuture<Boolean> ended(EventLoopGroup eventLoops) {
    CompletableFuture<Boolean> ended = new CompletableFuture<>();
    eventLoops.terminationFuture().addListener(future -> ended.complete(true));
    return ended;
  }
}
