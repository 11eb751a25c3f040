package io.kindred.app.objects;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kindred.app.rest.RestCalls;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.backup.Progress;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Has a server make backups, and restore tables from them. Thread-safe.
public final class RemoteBackups implements AutoCloseable {
  private static final String BACKUPS = "/v1/backups";
  private static final Duration POLL = Duration.ofMillis(200);
  private static final ObjectMapper JSON = new ObjectMapper();

  private final RestCalls server;

  /// Backups of the server at `http://HOST:PORT`.
  public RemoteBackups(URI server) {
    this.server = new RestCalls(server);
  }

  /// A backup that was made.
  public record Done(String id, long position, Progress.Status status) {}

  /// Has a backup made and waits for it.
  ///
  /// @param tables names; empty for all
  /// @param listener hears how far it has come
  /// @throws KindredException with the server's code and message where there is no backup
  public Done create(List<String> tables, Consumer<Progress.Status> listener)
      throws IOException, InterruptedException {
    String id = begin("", Map.of("tables", tables));
    Progress.Status status = awaitEnd(id, listener);
    JsonNode made = server.get(BACKUPS + "/" + id);
    return new Done(id, made.path("position").asLong(), status);
  }

  /// A table that was restored.
  ///
  /// @param backup its id
  public record Restored(String backup, Progress.Status status) {}

  /// What to restore.
  ///
  /// @param backup its id, or null for the newest
  /// @param table its name in the backup
  /// @param newName what it is called in the server
  public record RestoredTable(@Nullable String backup, String table, String newName) {}

  /// Has a table restored into the server's store and waits for it.
  ///
  /// @param listener hears how far it has come
  /// @throws KindredException with the server's code and message where nothing was restored
  public Restored restore(RestoredTable wanted, Consumer<Progress.Status> listener)
      throws IOException, InterruptedException {
    String backup = wanted.backup() == null ? newest() : wanted.backup();
    String task =
        begin("/" + backup + ":restore", Map.of("table", wanted.table(), "as", wanted.newName()));
    return new Restored(backup, awaitEnd(task, listener));
  }

  private String newest() throws IOException, InterruptedException {
    JsonNode listed = server.get(BACKUPS);
    JsonNode backups = listed.path("backups");
    if (backups.isEmpty()) {
      throw new KindredException(
          ErrorCode.BACKUP_NOT_FOUND,
          listed.path("place").asText() + " has no backup (expected: one)");
    }
    return backups.path(backups.size() - 1).path("id").asText();
  }

  /// @return the task's id
  private String begin(String path, Map<String, ?> body) throws IOException, InterruptedException {
    byte[] json = JSON.writeValueAsBytes(body);
    return server.post(BACKUPS + path, json).path("id").asText();
  }

  private Progress.Status awaitEnd(String id, Consumer<Progress.Status> listener)
      throws IOException, InterruptedException {
    while (true) {
      JsonNode task = task(id);
      Progress.Status status = status(task.path("progress"));
      switch (task.path("state").asText()) {
        case "done" -> {
          return status;
        }
        case "failed" -> throw RestCalls.failure(task.path("error"));
        default -> listener.accept(status);
      }
      Thread.sleep(POLL);
    }
  }

  private JsonNode task(String id) throws IOException, InterruptedException {
    JsonNode listed = server.get(BACKUPS);
    for (JsonNode task : listed.path("tasks")) {
      if (task.path("id").asText().equals(id)) {
        return task;
      }
    }
    throw new KindredException(
        ErrorCode.BACKUP_NOT_FOUND,
        "task: " + id + " (expected: known to the server; was it restarted?)");
  }

  private static Progress.Status status(JsonNode progress) {
    String step = progress.path("step").asText().toUpperCase(Locale.ROOT);
    return new Progress.Status(
        Progress.Step.valueOf(step),
        progress.path("files_done").asInt(),
        progress.path("files_total").asInt(),
        progress.path("bytes_done").asLong(),
        progress.path("bytes_total").asLong(),
        progress.path("bytes_copied").asLong(),
        Duration.ofMillis(Math.round(progress.path("seconds").asDouble() * 1e3)));
  }

  @Override
  public void close() {
    server.close();
  }
}
