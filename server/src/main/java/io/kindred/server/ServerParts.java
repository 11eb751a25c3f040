package io.kindred.server;

import io.kindred.server.backup.BackupTasks;
import io.kindred.server.console.ConsoleFiles;
import io.kindred.server.events.EventTail;
import io.kindred.server.logs.LogSource;
import io.kindred.server.pipelines.EventPipelines;
import io.kindred.server.telemetry.Telemetry;
import org.jspecify.annotations.Nullable;

/// What a server works with beside its store. Immutable; the parts belong to the caller, who closes
/// them after the server.
///
/// @param telemetry whose listener the store was opened with
/// @param events is told what happens to rows, also by the pipelines
/// @param backups of the store, or null where the server makes none
/// @param pipelines that run on the store
/// @param logs what is logged, or null where nobody can look at it
/// @param console null where there is only a start page
/// @param whyNoConsole said on that page; may be empty
public record ServerParts(
    Telemetry telemetry,
    EventTail events,
    @Nullable BackupTasks backups,
    EventPipelines pipelines,
    @Nullable LogSource logs,
    @Nullable ConsoleFiles console,
    String whyNoConsole) {
  /// Metrics alone.
  public static ServerParts of(Telemetry telemetry) {
    return new ServerParts(telemetry, new EventTail(), null, EventPipelines.NONE, null, null, "");
  }

  public ServerParts withBackups(@Nullable BackupTasks tasks) {
    return new ServerParts(telemetry, events, tasks, pipelines, logs, console, whyNoConsole);
  }

  public ServerParts withPipelines(EventPipelines running) {
    return new ServerParts(telemetry, events, backups, running, logs, console, whyNoConsole);
  }

  public ServerParts withLogs(@Nullable LogSource source) {
    return new ServerParts(telemetry, events, backups, pipelines, source, console, whyNoConsole);
  }

  /// The console that the class loader has, or why it has none.
  public ServerParts withConsoleOf(ClassLoader loader) {
    return new ServerParts(
        telemetry,
        events,
        backups,
        pipelines,
        logs,
        ConsoleFiles.on(loader).orElse(null),
        ConsoleFiles.whyAbsent(loader));
  }
}
