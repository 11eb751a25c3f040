package io.kindred.server.json;

import com.fasterxml.jackson.core.JsonGenerator;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.backup.BackupManifest;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.Progress;
import io.kindred.server.backup.BackupTasks;
import io.kindred.server.error.Failure;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// Backups and the tasks that make them, in JSON.
public final class BackupJson {
  private BackupJson() {}

  /// Reads `{"tables":[…]}`; nothing at all, or no tables, means all.
  public static List<String> parse(byte[] text) {
    List<String> tables = new ArrayList<>();
    if (text.length > 0) {
      Json.read(
          text,
          in -> {
            Members.each(
                in,
                "backup",
                name -> {
                  switch (name) {
                    case "tables" -> tables.addAll(Members.texts(in, "tables", Limits.TABLES_MAX));
                    default -> throw Members.unknown("backup", name, "tables");
                  }
                });
            return tables;
          });
    }
    return tables;
  }

  /// Reads `{"table":"items","as":"items-old"}`; without `as` the table keeps its name.
  public static BackupTasks.Work.Restore parseRestore(String backup, byte[] text) {
    Map<String, String> names = new HashMap<>();
    Json.read(
        text,
        in -> {
          Members.each(
              in,
              "restore",
              name -> {
                switch (name) {
                  case "table", "as" -> names.put(name, Members.text(in, name));
                  default -> throw Members.unknown("restore", name, "table, as");
                }
              });
          return names;
        });
    String table = names.get("table");
    if (table == null) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "table", "missing", "the name of a table of the backup");
    }
    return new BackupTasks.Work.Restore(backup, table, names.getOrDefault("as", table));
  }

  /// A backup that is there.
  public static void write(BackupManifest manifest, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", manifest.id());
    out.writeStringField("state", "done");
    out.writeStringField("created_at", manifest.createdAt().toString());
    out.writeStringField("log_id", "%016x".formatted(manifest.logId()));
    out.writeNumberField("position", manifest.position());
    out.writeNumberField("row_count", manifest.rowCount());
    out.writeNumberField("bytes", manifest.sizeBytes());
    out.writeArrayFieldStart("tables");
    for (BackupManifest.BackupTable table : manifest.tables()) {
      out.writeStartObject();
      out.writeStringField("name", table.name());
      out.writeNumberField("row_count", table.rowCount());
      out.writeNumberField("bytes", table.sizeBytes());
      out.writeEndObject();
    }
    out.writeEndArray();
    out.writeEndObject();
  }

  /// A backup as it is listed.
  public static void write(Backups.Listed listed, JsonGenerator out) throws IOException {
    BackupManifest manifest = listed.manifest();
    if (manifest != null) {
      write(manifest, out);
      return;
    }
    out.writeStartObject();
    out.writeStringField("id", listed.id());
    out.writeStringField("state", "damaged");
    out.writeStringField("problem", listed.problem());
    out.writeEndObject();
  }

  /// A backup or a restore that is under way, or has ended.
  public static void write(BackupTasks.Task task, JsonGenerator out) throws IOException {
    out.writeStartObject();
    out.writeStringField("id", task.id());
    if (task.work() instanceof BackupTasks.Work.Restore restore) {
      out.writeStringField("backup", restore.backup());
      out.writeStringField("table", restore.table());
      out.writeStringField("as", restore.newName());
    }
    out.writeStringField("state", task.state().name().toLowerCase(Locale.ROOT));
    if (task.isPaused()) {
      out.writeBooleanField("paused", true);
    }
    Progress.Status progress = task.progress();
    out.writeObjectFieldStart("progress");
    out.writeStringField("step", progress.step().name().toLowerCase(Locale.ROOT));
    out.writeNumberField("files_done", progress.filesDone());
    out.writeNumberField("files_total", progress.filesTotal());
    out.writeNumberField("bytes_done", progress.bytesDone());
    out.writeNumberField("bytes_total", progress.bytesTotal());
    out.writeNumberField("bytes_copied", progress.bytesCopied());
    out.writeNumberField("bytes_per_second", progress.bytesPerSecond());
    out.writeNumberField("seconds", progress.taken().toMillis() / 1e3);
    out.writeEndObject();
    Failure failure = task.failure();
    if (failure != null) {
      out.writeObjectFieldStart("error");
      out.writeStringField("code", failure.code().name());
      out.writeStringField("message", failure.message());
      out.writeEndObject();
    }
    out.writeEndObject();
  }
}
