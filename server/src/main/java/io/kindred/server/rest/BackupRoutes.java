package io.kindred.server.rest;

import com.linecorp.armeria.common.AggregatedHttpRequest;
import com.linecorp.armeria.common.HttpResponse;
import com.linecorp.armeria.server.annotation.Delete;
import com.linecorp.armeria.server.annotation.Description;
import com.linecorp.armeria.server.annotation.Get;
import com.linecorp.armeria.server.annotation.Param;
import com.linecorp.armeria.server.annotation.Post;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.backup.BackupManifest;
import io.kindred.engine.backup.Backups;
import io.kindred.server.backup.BackupTasks;
import io.kindred.server.json.BackupJson;
import io.kindred.server.json.Json;
import io.kindred.server.telemetry.Operation;
import io.kindred.server.work.Calls;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// The routes about backups. Thread-safe.
///
/// Where they are kept is the server's own setting: a caller who could name a place could have the
/// server write anywhere.
@Description("Backups: create, list, describe, restore a table, delete.")
public final class BackupRoutes {
  private final Calls calls;
  private final @Nullable BackupTasks tasks;

  /// @param tasks null where the server has no place for backups
  public BackupRoutes(Calls calls, @Nullable BackupTasks tasks) {
    this.calls = calls;
    this.tasks = tasks;
  }

  private BackupTasks tasks() {
    if (tasks == null) {
      throw new KindredException(
          ErrorCode.UNSUPPORTED,
          "backups: none (expected: a server that was started with --backups URL)");
    }
    return tasks;
  }

  @Post("/v1/backups")
  @Description(
      "Begins a backup of all tables, or of those in `{\"tables\":[…]}`, and answers 202 with its"
          + " id. One at a time.")
  public CompletableFuture<HttpResponse> create(AggregatedHttpRequest request) {
    return calls.await(
        Operation.CREATE_BACKUP,
        () -> {
          List<String> tables = BackupJson.parse(request.content().array());
          BackupTasks.Task task = tasks().backUp(tables);
          return Answers.accepted(Json.write(out -> BackupJson.write(task, out)));
        });
  }

  @Get("/v1/backups")
  @Description("The backups of the server's place, the oldest first, and its last tasks.")
  public CompletableFuture<HttpResponse> list() {
    return calls.await(
        Operation.LIST_BACKUPS,
        () -> {
          BackupTasks own = tasks();
          List<Backups.Listed> listed = own.backups().list();
          return Answers.ok(
              Json.write(
                  out -> {
                    out.writeStartObject();
                    out.writeStringField("place", own.backups().place());
                    out.writeArrayFieldStart("backups");
                    for (Backups.Listed one : listed) {
                      BackupJson.write(one, out);
                    }
                    out.writeEndArray();
                    out.writeArrayFieldStart("tasks");
                    for (BackupTasks.Task task : own.all()) {
                      BackupJson.write(task, out);
                    }
                    out.writeEndArray();
                    out.writeEndObject();
                  }));
        });
  }

  @Get("/v1/backups/{id}")
  @Description(
      "One backup; while it is made, and where it failed, how far it has come. With the id of a"
          + " restore, how far that has come.")
  public CompletableFuture<HttpResponse> get(@Param("id") String id) {
    return calls.await(
        Operation.GET_BACKUP,
        () -> {
          BackupTasks.Task task = tasks().find(id).orElse(null);
          boolean isBackup = task == null || task.work() instanceof BackupTasks.Work.Backup;
          if (task != null && !(isBackup && task.state() == BackupTasks.State.DONE)) {
            return Answers.ok(Json.write(out -> BackupJson.write(task, out)));
          }
          BackupManifest manifest = tasks().backups().read(id);
          return Answers.ok(Json.write(out -> BackupJson.write(manifest, out)));
        });
  }

  @Post("regex:^/v1/backups/(?<id>[^/:]+):restore$")
  @Description(
      "Begins to restore one table of a backup, `{\"table\":\"items\",\"as\":\"items-old\"}`, and"
          + " answers 202 with the task's id. No table may have the new name.")
  public CompletableFuture<HttpResponse> restore(
      @Param("id") String id, AggregatedHttpRequest request) {
    return calls.await(
        Operation.RESTORE_TABLE,
        () -> {
          BackupTasks.Work.Restore restore = BackupJson.parseRestore(id, request.content().array());
          BackupTasks.Task task = tasks().restore(restore);
          return Answers.accepted(Json.write(out -> BackupJson.write(task, out)));
        });
  }

  @Delete("/v1/backups/{id}")
  @Description("Deletes a backup, and then the files that no other one needs.")
  public CompletableFuture<HttpResponse> delete(@Param("id") String id) {
    return calls.await(
        Operation.DELETE_BACKUP,
        () -> {
          Backups.Deleted deleted = tasks().backups().delete(id);
          return Answers.ok(
              Json.write(
                  out -> {
                    out.writeStartObject();
                    out.writeStringField("deleted", id);
                    out.writeNumberField("files", deleted.filesDeleted());
                    out.writeNumberField("bytes", deleted.bytesDeleted());
                    out.writeEndObject();
                  }));
        });
  }
}
