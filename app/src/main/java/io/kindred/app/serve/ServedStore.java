package io.kindred.app.serve;

import io.kindred.app.config.ConfigException;
import io.kindred.app.config.ServeConfig;
import io.kindred.app.objects.Place;
import io.kindred.app.pipelines.ServedPipelines;
import io.kindred.app.pipelines.Traces;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.ObjectStore;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.server.KindredServer;
import io.kindred.server.ServerOptions;
import io.kindred.server.ServerParts;
import io.kindred.server.backup.BackupTasks;
import io.kindred.server.events.EventTail;
import io.kindred.server.logs.LogSource;
import io.kindred.server.telemetry.Telemetry;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// One data directory, opened and served: all of Kindred's parts, put together here and nowhere
/// else. Thread-safe.
///
/// Parts are opened from the bottom up (metrics, store, backups, pipelines, server) and closed from
/// the top down, so that no part ever calls one that is closed.
public final class ServedStore implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ServedStore.class);

  /// Leaves the rest of the ten seconds in which a stop is promised to the last checkpoint.
  private static final Duration SHUTDOWN_TIME = Duration.ofSeconds(4);

  private final Telemetry telemetry;
  private final Store store;
  private final KindredServer server;
  private final Companions companions;

  private ServedStore(
      Telemetry telemetry, Store store, Companions companions, KindredServer server) {
    this.telemetry = telemetry;
    this.store = store;
    this.companions = companions;
    this.server = server;
  }

  /// What works on the store beside the server.
  private record Companions(@Nullable MadeBackups backups, Traces traces, ServedPipelines pipelines)
      implements AutoCloseable {
    static Companions open(ServeConfig config, EmbeddedStore store, EventTail events) {
      Traces traces = Traces.open();
      try {
        return open(config, store, events, traces);
      } catch (RuntimeException e) {
        traces.close();
        throw e;
      }
    }

    private static Companions open(
        ServeConfig config, EmbeddedStore store, EventTail events, Traces traces) {
      MadeBackups backups = MadeBackups.of(config.backups(), store);
      try {
        return new Companions(
            backups, traces, ServedPipelines.open(store, config.pipelines(), traces, events));
      } catch (RuntimeException e) {
        if (backups != null) {
          backups.close();
        }
        throw e;
      }
    }

    ServerParts addTo(ServerParts parts) {
      return parts
          .withBackups(backups == null ? null : backups.tasks())
          .withPipelines(pipelines.port());
    }

    @Override
    public void close() {
      try (backups;
          traces) {
        pipelines.close();
      }
    }
  }

  /// The tasks that make backups, and where they make them.
  private record MadeBackups(ObjectStore objects, BackupTasks tasks) implements AutoCloseable {
    static @Nullable MadeBackups of(@Nullable Place place, EmbeddedStore store) {
      if (place == null) {
        return null;
      }
      ObjectStore objects = place.open();
      return new MadeBackups(objects, new BackupTasks(store, new Backups(objects)));
    }

    @Override
    public void close() {
      try (objects) {
        tasks.close();
      }
    }
  }

  /// Opens the directory and its port. When this returns, every acknowledged write is visible and
  /// the port answers.
  ///
  /// @param logs what the process logs, or null where nobody is to look at it
  /// @throws KindredException with one line about the directory or the port
  /// @throws ConfigException with one line about a pipeline
  public static ServedStore start(ServeConfig config, @Nullable LogSource logs) {
    long started = System.nanoTime();
    requireHost(config.host());
    requireDirectory(config.data());

    Telemetry telemetry = new Telemetry();
    StoreOptions storeOptions =
        StoreOptions.at(config.data())
            .withListener(telemetry.storeListener())
            .withRecallInterval(config.recallInterval())
            .withBudget(config.budget());
    EmbeddedStore store = EmbeddedStore.open(storeOptions);
    Companions companions = null;
    try {
      ServerParts parts = ServerParts.of(telemetry);
      companions = Companions.open(config, store, parts.events());
      KindredServer server =
          KindredServer.start(
              serverOptions(config),
              store,
              companions
                  .addTo(parts)
                  .withLogs(logs)
                  .withConsoleOf(ServedStore.class.getClassLoader()));

      LOG.atInfo()
          .setMessage("serving")
          .addKeyValue("uri", server.uri())
          .addKeyValue("data", config.data())
          .addKeyValue("took", Duration.ofNanos(System.nanoTime() - started).toMillis() + "ms")
          .log();
      return new ServedStore(telemetry, store, companions, server);
    } catch (RuntimeException e) {
      if (companions != null) {
        companions.close();
      }
      store.close();
      throw portProblem(config, e);
    }
  }

  /// As [#start(ServeConfig, LogSource)], with a log that nobody looks at.
  public static ServedStore start(ServeConfig config) {
    return start(config, null);
  }

  private static ServerOptions serverOptions(ServeConfig config) {
    ServerOptions defaults = ServerOptions.DEFAULT;
    return new ServerOptions(
        config.host(),
        config.port(),
        config.limits().requestBytes(),
        config.limits().connections(),
        defaults.streamsMax(),
        config.limits().waitingCalls(),
        config.limits().requestTime(),
        SHUTDOWN_TIME,
        defaults.subscribersMax(),
        defaults.usersTable(),
        defaults.itemsTable());
  }

  private static void requireHost(String host) {
    try {
      if (!InetAddress.getByName(host).isLoopbackAddress()) {
        LOG.atWarn()
            .setMessage(
                "listening beyond this machine, and there is no authentication: anyone who reaches"
                    + " the port may read and write")
            .addKeyValue("host", host)
            .log();
      }
    } catch (UnknownHostException e) {
      throw new KindredException(
          ErrorCode.INVALID_ARGUMENT,
          "host: " + host + " (expected: a name or an address of this machine)",
          e);
    }
  }

  private static void requireDirectory(Path data) {
    if (Files.exists(data) && !Files.isDirectory(data)) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "data", data, "a directory");
    }
    if (Files.isDirectory(data) && !Files.isWritable(data)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "data", data, "a directory that can be written");
    }
  }

  private static RuntimeException portProblem(ServeConfig config, RuntimeException failure) {
    String place = config.host() + ":" + config.port();
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      String message = String.valueOf(cause.getMessage());
      if (message.contains("Address already in use")) {
        return new KindredException(
            ErrorCode.STORAGE_UNAVAILABLE,
            "port: " + place + " is in use (expected: a free port; --port 0 picks one)",
            failure);
      }
      if (cause instanceof BindException || message.contains("assign requested address")) {
        return new KindredException(
            ErrorCode.STORAGE_UNAVAILABLE,
            "port: " + place + " cannot be listened on: " + message,
            failure);
      }
    }
    return failure;
  }

  public Store store() {
    return store;
  }

  /// The pipelines over the store, which more can be added to.
  public ServedPipelines pipelines() {
    return companions.pipelines();
  }

  /// Where the server is, such as `http://127.0.0.1:7700`.
  public String uri() {
    return server.uri();
  }

  public int port() {
    return server.port();
  }

  /// Answers what is under way, takes a last checkpoint, and closes everything.
  @Override
  public void close() {
    try (telemetry;
        store;
        companions;
        server) {
      LOG.atInfo().setMessage("stopping").addKeyValue("uri", uri()).log();
    }
  }
}
