package io.kindred.server;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.linecorp.armeria.client.ClientRequestContext;
import com.linecorp.armeria.client.HttpClient;
import com.linecorp.armeria.client.WebClient;
import com.linecorp.armeria.common.AggregatedHttpResponse;
import com.linecorp.armeria.common.HttpMethod;
import com.linecorp.armeria.common.HttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.common.RequestHeaders;
import com.linecorp.armeria.common.logging.RequestLogProperty;
import io.kindred.engine.Budget;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.DirectoryObjectStore;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.server.backup.BackupTasks;
import io.kindred.server.logs.LogSource;
import io.kindred.server.telemetry.Telemetry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/// A server on a free port over a real store in a directory, and an HTTP/2 client of it that counts
/// its connections. Owned by one test.
final class RunningServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /// What was answered.
  record Answer(int status, JsonNode body, AggregatedHttpResponse whole) {
    String code() {
      return body.at("/error/code").asText();
    }

    String message() {
      return body.at("/error/message").asText();
    }
  }

  final Store store;
  final KindredServer server;

  /// The connections that requests have taken.
  final Set<String> connections = ConcurrentHashMap.newKeySet();

  private final @Nullable BackupTasks tasks;
  private final WebClient web;

  RunningServer(Path directory) {
    this(directory, ServerOptions.DEFAULT);
  }

  RunningServer(Path directory, ServerOptions options) {
    this(directory, options, Budget.DEFAULT);
  }

  RunningServer(Path directory, ServerOptions options, Budget budget) {
    this(directory, options, budget, null, null);
  }

  /// A server whose log is the test's.
  static RunningServer withLogs(Path directory, LogSource logs) {
    return new RunningServer(directory, ServerOptions.DEFAULT, Budget.DEFAULT, null, logs);
  }

  /// A server that makes backups in a directory.
  static RunningServer withBackups(Path directory, Path place) {
    Backups backups = new Backups(new DirectoryObjectStore(place));
    return new RunningServer(directory, ServerOptions.DEFAULT, Budget.DEFAULT, backups, null);
  }

  private RunningServer(
      Path directory,
      ServerOptions options,
      Budget budget,
      @Nullable Backups backups,
      @Nullable LogSource logs) {
    Telemetry telemetry = new Telemetry();
    EmbeddedStore opened =
        EmbeddedStore.open(
            StoreOptions.at(directory).withListener(telemetry.storeListener()).withBudget(budget));
    this.store = opened;
    this.tasks = backups == null ? null : new BackupTasks(opened, backups);
    ServerParts parts = ServerParts.of(telemetry).withBackups(tasks).withLogs(logs);
    this.server = KindredServer.start(options.withPort(0), store, parts);
    this.web = WebClient.builder("h2c://127.0.0.1:" + server.port()).decorator(this::noted).build();
  }

  /// Notes which connection each request takes.
  private HttpResponse noted(HttpClient client, ClientRequestContext context, HttpRequest request)
      throws Exception {
    HttpResponse response = client.execute(context, request);
    context
        .log()
        .whenAvailable(RequestLogProperty.SESSION)
        .thenAccept(log -> connections.add(String.valueOf(log.channel())))
        .join();
    return response;
  }

  int port() {
    return server.port();
  }

  WebClient web() {
    return web;
  }

  Answer get(String path) {
    return answer(web.get(path).aggregate().join());
  }

  Answer delete(String path) {
    return answer(web.delete(path).aggregate().join());
  }

  /// Posts JSON in which `'` stands for `"`.
  Answer post(String path, String json) {
    return postText(path, json.replace('\'', '"'));
  }

  Answer postText(String path, String text) {
    return answer(web.execute(request(path), text).aggregate().join());
  }

  private static RequestHeaders request(String path) {
    return RequestHeaders.of(HttpMethod.POST, path, "content-type", "application/json");
  }

  private static Answer answer(AggregatedHttpResponse response) {
    try {
      String text = response.contentUtf8();
      JsonNode body =
          text.startsWith("{") ? JSON.readTree(text) : JSON.getNodeFactory().textNode(text);
      return new Answer(response.status().code(), body, response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Drops every table, for the next test.
  void empty() {
    for (Table table : store.tables()) {
      store.dropTable(table.spec().name());
    }
  }

  static JsonNode json(String text) {
    try {
      return JSON.readTree(text.replace('\'', '"'));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    server.close();
    if (tasks != null) {
      tasks.close();
    }
    store.close();
  }
}
