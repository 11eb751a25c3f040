package io.kindred.app.fuzz;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.RequestHeaders;
import io.kindred.engine.Key;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.Store;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.server.KindredServer;
import io.kindred.server.ServerOptions;
import io.kindred.server.telemetry.Telemetry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.slf4j.LoggerFactory;

/// A server whose inputs are fuzzed, over a store that is looked into before and after. Time stands
/// still, so nothing but a request changes what is stored. Owned by one test.
final class FuzzedServer implements AutoCloseable {
  /// The tables that the corpus is about; all others go once they are there.
  private static final Set<String> TABLES = Set.of("t", "n", "users", "embeddings");

  private static final int ROWS_MAX = 150;
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");

  private final Logger logger = (Logger) LoggerFactory.getLogger("io.kindred.server");
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  final Store store;
  final KindredServer server;
  final WebClient web;

  FuzzedServer(Path directory) {
    Telemetry telemetry = new Telemetry();
    this.store =
        EmbeddedStore.open(
            StoreOptions.at(directory)
                .withListener(telemetry.storeListener())
                .withClock(InstantSource.fixed(NOW)));
    ServerOptions defaults = ServerOptions.DEFAULT;
    ServerOptions options =
        new ServerOptions(
            "127.0.0.1",
            0,
            1 << 20,
            defaults.connectionsMax(),
            defaults.streamsMax(),
            defaults.queueMax(),
            Duration.ofSeconds(2),
            Duration.ZERO,
            defaults.subscribersMax(),
            defaults.usersTable(),
            defaults.itemsTable());
    this.server = KindredServer.start(options, store, telemetry);
    this.web = WebClient.of("h2c://127.0.0.1:" + server.port());
    log.start();
    logger.addAppender(log);
  }

  /// Bad input is nothing that a person should look at.
  private void requireNothingLogged() {
    if (!log.list.isEmpty()) {
      throw new AssertionError("logged: " + log.list.getFirst());
    }
  }

  /// Makes the tables of the corpus as they are meant, where an input has changed them much.
  void prepare() {
    requireNothingLogged();
    for (Table table : store.tables()) {
      String name = table.spec().name();
      if (!TABLES.contains(name) || table.info().rowCount() > ROWS_MAX) {
        store.dropTable(name);
      }
    }
    if (store.tables().size() == TABLES.size()) {
      return;
    }
    Corpus.lines("tables.txt").entries().forEach(this::prepare);
  }

  private void prepare(String line) {
    RestInput request = RestInput.parse(line);
    AggregatedHttpResponse answer = send(request);
    int status = answer.status().code();
    if (status != 200 && status != 201 && status != 409) {
      throw new AssertionError(line + ": " + status + " " + answer.contentUtf8());
    }
  }

  AggregatedHttpResponse send(RestInput request) {
    RequestHeaders headers =
        RequestHeaders.of(
            HttpMethod.valueOf(request.method()),
            request.path(),
            "content-type",
            "application/json");
    return web.execute(headers, request.body()).aggregate().join();
  }

  /// What is stored, and how far the log is. Two are equal where nothing changed.
  record State(long position, int tables, long rows, long digest) {}

  State state() {
    StoreInfo info = store.info();
    long rows = 0;
    long digest = 0;
    int tables = 0;
    for (Table table : store.tables()) {
      tables++;
      rows += table.info().rowCount();
      digest = 31 * digest + Objects.hash(table.spec().name(), table.info().id());
      Key after = null;
      do {
        ScanPage page = table.scan(after, 1_000, null, Projection.ALL);
        for (StoredRow row : page.rows()) {
          digest = 31 * digest + hash(row);
        }
        after = page.next();
      } while (after != null);
    }
    return new State(info.appliedPosition(), tables, rows, digest);
  }

  private static int hash(StoredRow row) {
    int vectors = 0;
    for (var vector : row.vectors().entrySet()) {
      vectors += vector.getKey().hashCode() ^ Arrays.hashCode(vector.getValue());
    }
    return Objects.hash(
        row.key(),
        row.version(),
        vectors,
        row.fields(),
        row.metadata(),
        row.eventTime(),
        row.expiry());
  }

  /// What no request is in the server for any more must have been given back.
  private void requireNothingHeld() {
    long end = System.nanoTime() + Duration.ofSeconds(30).toNanos();
    String held = "";
    while (System.nanoTime() < end) {
      held =
          web.get("/metrics")
              .aggregate()
              .join()
              .contentUtf8()
              .lines()
              .filter(line -> line.startsWith("kindred_requests_bytes "))
              .findFirst()
              .orElse("no such metric");
      if (held.equals("kindred_requests_bytes 0.0")) {
        return;
      }
      LockSupport.parkNanos(10_000_000);
    }
    throw new AssertionError("held: " + held);
  }

  @Override
  public void close() {
    requireNothingHeld();
    logger.detachAppender(log);
    server.close();
    store.close();
    requireNothingLogged();
  }
}
