package io.kindred.app.config;

import io.kindred.app.objects.Place;
import io.kindred.engine.Budget;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/// Everything that `serve` is told. Immutable; its values are checked where they are read.
///
/// @param data the data directory
/// @param recording the file that a JFR recording is written to, or null for none
/// @param recallInterval time between two searches of a table that are repeated exactly, to measure
///   their recall; zero for none
/// @param backups where backups are made, or null for nowhere
/// @param pipelines directory of event pipelines that are run, or null for none
/// @param budget what the store may take of the machine
public record ServeConfig(
    String host,
    int port,
    Path data,
    LogLevel logLevel,
    @Nullable Path recording,
    Duration recallInterval,
    @Nullable Place backups,
    @Nullable Path pipelines,
    ServeLimits limits,
    Budget budget) {

  /// Bounds of what the server takes. Immutable.
  ///
  /// @param requestBytes the largest request body or gRPC message
  /// @param connections connections at a time
  /// @param waitingCalls calls that wait for a thread before further ones are refused
  /// @param requestTime how long a call may take
  public record ServeLimits(
      int requestBytes, int connections, int waitingCalls, Duration requestTime) {
    public static final ServeLimits DEFAULT =
        new ServeLimits(32 << 20, 4096, 1024, Duration.ofSeconds(30));
  }

  public static final ServeConfig DEFAULT =
      new ServeConfig(
          "127.0.0.1",
          7700,
          Path.of("data"),
          LogLevel.WARN,
          null,
          Duration.ofSeconds(1),
          null,
          null,
          ServeLimits.DEFAULT,
          Budget.DEFAULT);

  public ServeConfig withHost(String other) {
    return new ServeConfig(
        other, port, data, logLevel, recording, recallInterval, backups, pipelines, limits, budget);
  }

  public ServeConfig withPort(int other) {
    return new ServeConfig(
        host, other, data, logLevel, recording, recallInterval, backups, pipelines, limits, budget);
  }

  public ServeConfig withData(Path other) {
    return new ServeConfig(
        host, port, other, logLevel, recording, recallInterval, backups, pipelines, limits, budget);
  }

  public ServeConfig withLogLevel(LogLevel other) {
    return new ServeConfig(
        host, port, data, other, recording, recallInterval, backups, pipelines, limits, budget);
  }

  public ServeConfig withRecording(Path other) {
    return new ServeConfig(
        host, port, data, logLevel, other, recallInterval, backups, pipelines, limits, budget);
  }

  public ServeConfig withLimits(ServeLimits other) {
    return new ServeConfig(
        host, port, data, logLevel, recording, recallInterval, backups, pipelines, other, budget);
  }

  public ServeConfig withRecallInterval(Duration other) {
    return new ServeConfig(
        host, port, data, logLevel, recording, other, backups, pipelines, limits, budget);
  }

  public ServeConfig withBackups(Place other) {
    return new ServeConfig(
        host, port, data, logLevel, recording, recallInterval, other, pipelines, limits, budget);
  }

  public ServeConfig withBudget(Budget other) {
    return new ServeConfig(
        host, port, data, logLevel, recording, recallInterval, backups, pipelines, limits, other);
  }

  public ServeConfig withPipelines(Path other) {
    return new ServeConfig(
        host, port, data, logLevel, recording, recallInterval, backups, other, limits, budget);
  }
}
