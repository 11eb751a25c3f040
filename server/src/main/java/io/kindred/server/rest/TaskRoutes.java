package io.kindred.server.rest;

import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.ServiceRequestContext;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.kindred.engine.Table;
import io.kindred.server.json.Json;
import io.kindred.server.json.TaskInfoJson;
import io.kindred.server.stream.EventStreams;
import io.kindred.server.tasks.TaskBoard;
import io.kindred.server.tasks.TaskInfo.Action;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;

/// The routes about work that takes a while. Thread-safe.
@Description("Tasks: folds, checkpoints, imports, backups, the scrubber.")
public final class TaskRoutes {
  private static final long CURRENT_NANOS = Duration.ofMillis(200).toNanos();

  private final Calls calls;
  private final TaskBoard board;
  private final EventStreams streams;
  private String current = "";
  private long currentNanos;

  public TaskRoutes(Calls calls, TaskBoard board, EventStreams streams) {
    this.calls = calls;
    this.board = board;
    this.streams = streams;
  }

  @Get("/v1/tasks")
  @Description("What is under way, then what ended last.")
  public HttpResponse list() {
    return Answers.ok(TaskInfoJson.write(board.all()));
  }

  @Get("/v1/tasks/stream")
  @Description("The same as server-sent events, whenever something has changed.")
  public HttpResponse stream(ServiceRequestContext context) {
    String[] last = {""};
    return streams.open(
        context,
        () -> {
          String now = current();
          if (now.equals(last[0])) {
            return null;
          }
          last[0] = now;
          return now;
        });
  }

  /// The tasks as all streams send them: made once for all that ask in the same moment.
  private synchronized String current() {
    long now = System.nanoTime();
    if (current.isEmpty() || now - currentNanos > CURRENT_NANOS) {
      current = new String(TaskInfoJson.write(board.all()), StandardCharsets.UTF_8);
      currentNanos = now;
    }
    return current;
  }

  @Post("regex:^/v1/tasks/(?<id>[^/:]+):pause$")
  @Description("`POST /v1/tasks/{id}:pause` lets a task rest where it is, until it is resumed.")
  public CompletableFuture<HttpResponse> pause(@Param("id") String id) {
    return act(id, Action.PAUSE, "paused");
  }

  @Post("regex:^/v1/tasks/(?<id>[^/:]+):resume$")
  @Description("`POST /v1/tasks/{id}:resume` lets a task that is paused go on.")
  public CompletableFuture<HttpResponse> resume(@Param("id") String id) {
    return act(id, Action.RESUME, "resumed");
  }

  @Post("regex:^/v1/tasks/(?<id>[^/:]+):cancel$")
  @Description("`POST /v1/tasks/{id}:cancel` ends a task, soon.")
  public CompletableFuture<HttpResponse> cancel(@Param("id") String id) {
    return act(id, Action.CANCEL, "cancelled");
  }

  private CompletableFuture<HttpResponse> act(String id, Action action, String done) {
    return calls.await(
        Operation.CONTROL_TASK,
        () -> {
          board.act(id, action);
          return Answers.ok(
              Json.write(
                  out -> {
                    out.writeStartObject();
                    out.writeStringField(done, id);
                    out.writeEndObject();
                  }));
        });
  }

  @Post("regex:^/v1/tables/(?<table>[^/:]+):fold$")
  @Description("`POST /v1/tables/{table}:fold` builds a new base from all rows, and answers then.")
  public CompletableFuture<HttpResponse> fold(
      @Param("table") String name, ServiceRequestContext context) {
    context.clearRequestTimeout();
    return calls.await(
        Operation.FOLD,
        () -> {
          Table table = calls.store().table(name);
          table.fold();
          return Answers.ok(
              Json.write(
                  out -> {
                    out.writeStartObject();
                    out.writeStringField("folded", name);
                    out.writeNumberField("row_count", table.info().rowCount());
                    out.writeEndObject();
                  }));
        });
  }
}
