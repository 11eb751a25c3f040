package io.kindred.server;

import java.time.Duration;

/// How a server listens and what it bounds. Immutable and validated.
///
/// @param host the address to listen on; loopback unless told otherwise
/// @param port the port for everything, or 0 for a free one
/// @param requestBytesMax the largest request body or gRPC message; a larger one is refused as
///   `TOO_LARGE`
/// @param connectionsMax connections at a time
/// @param streamsMax requests at a time on one HTTP/2 connection
/// @param requestsBytesMax bytes of all requests that are in the server, before further ones are
///   refused as `OVERLOADED`; at least the largest request
/// @param queueMax calls that wait for a thread before further ones are refused as `OVERLOADED`
/// @param requestTime how long a call may take before it is answered with an error
/// @param shutdownTime how long calls under way may take to finish once the server closes
/// @param subscribersMax readers of the live statistics at a time
/// @param usersTable the table behind `/v1/features/user`
/// @param itemsTable the table behind `/v1/features/item`
public record ServerOptions(
    String host,
    int port,
    int requestBytesMax,
    long requestsBytesMax,
    int connectionsMax,
    int streamsMax,
    int queueMax,
    Duration requestTime,
    Duration shutdownTime,
    int subscribersMax,
    String usersTable,
    String itemsTable) {
  public static final ServerOptions DEFAULT =
      new ServerOptions(
          "127.0.0.1",
          7700,
          32 * 1024 * 1024,
          4096,
          256,
          1024,
          Duration.ofSeconds(30),
          Duration.ofSeconds(8),
          64,
          "users",
          "items");

  /// Options with a bound for the bytes of all requests that suits this process's heap.
  public ServerOptions(
      String host,
      int port,
      int requestBytesMax,
      int connectionsMax,
      int streamsMax,
      int queueMax,
      Duration requestTime,
      Duration shutdownTime,
      int subscribersMax,
      String usersTable,
      String itemsTable) {
    this(
        host,
        port,
        requestBytesMax,
        // What is read of a request takes about as much again, and the answers take some.
        Math.max(requestBytesMax, Runtime.getRuntime().maxMemory() / 4),
        connectionsMax,
        streamsMax,
        queueMax,
        requestTime,
        shutdownTime,
        subscribersMax,
        usersTable,
        itemsTable);
  }

  public ServerOptions {
    requireRange("port", port, 0, 65_535);
    requireRange("requestBytesMax", requestBytesMax, 1024, 1 << 30);
    requireRange("requestsBytesMax", requestsBytesMax, requestBytesMax, Long.MAX_VALUE);
    requireRange("connectionsMax", connectionsMax, 1, 1 << 20);
    requireRange("streamsMax", streamsMax, 1, 1 << 20);
    requireRange("queueMax", queueMax, 1, 1 << 20);
    requireRange("requestTime in ms", requestTime.toMillis(), 1, 3_600_000);
    requireRange("shutdownTime in ms", shutdownTime.toMillis(), 0, 3_600_000);
    requireRange("subscribersMax", subscribersMax, 0, 10_000);
  }

  private static void requireRange(String what, long value, long min, long max) {
    if (value < min || value > max) {
      throw new IllegalArgumentException(
          what + ": " + value + " (expected: " + min + " to " + max + ")");
    }
  }

  public ServerOptions withHost(String other) {
    return new ServerOptions(
        other,
        port,
        requestBytesMax,
        requestsBytesMax,
        connectionsMax,
        streamsMax,
        queueMax,
        requestTime,
        shutdownTime,
        subscribersMax,
        usersTable,
        itemsTable);
  }

  public ServerOptions withPort(int other) {
    return new ServerOptions(
        host,
        other,
        requestBytesMax,
        requestsBytesMax,
        connectionsMax,
        streamsMax,
        queueMax,
        requestTime,
        shutdownTime,
        subscribersMax,
        usersTable,
        itemsTable);
  }
}
