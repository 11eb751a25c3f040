package io.kindred.client;

import java.net.URI;
import java.time.Duration;

/// Where a client connects and what it bounds. Immutable and validated.
///
/// @param connections connections to the server; calls take turns
/// @param callsMax calls under way at a time; one more waits on the caller's thread
/// @param callTime how long one attempt of a call may take
/// @param attemptsMax how often a call is tried that the server refused for want of capacity, or
///   that did not reach it
/// @param backoff how long to wait before the second attempt; each further wait is twice as long,
///   up to two seconds
public record ClientOptions(
    String host,
    int port,
    int connections,
    int callsMax,
    Duration callTime,
    int attemptsMax,
    Duration backoff) {
  public static final ClientOptions DEFAULT =
      new ClientOptions("127.0.0.1", 7700, 1, 64, Duration.ofSeconds(30), 8, Duration.ofMillis(20));

  public ClientOptions {
    requireAtLeastOne("port", port);
    requireAtLeastOne("connections", connections);
    requireAtLeastOne("callsMax", callsMax);
    requireAtLeastOne("callTime in ms", callTime.toMillis());
    requireAtLeastOne("attemptsMax", attemptsMax);
    requireAtLeastOne("backoff in ms", backoff.toMillis());
  }

  private static void requireAtLeastOne(String what, long value) {
    if (value < 1) {
      throw new IllegalArgumentException(what + ": " + value + " (expected: at least 1)");
    }
  }

  /// The same options for the server at an address such as `http://127.0.0.1:7700`.
  ///
  /// @throws IllegalArgumentException where it is no such address
  public ClientOptions withUrl(String url) {
    URI uri = URI.create(url);
    if (!"http".equals(uri.getScheme()) || uri.getHost() == null) {
      throw new IllegalArgumentException(
          "url: " + url + " (expected: such as http://127.0.0.1:7700)");
    }
    int portOfUri = uri.getPort() < 0 ? DEFAULT.port() : uri.getPort();
    return new ClientOptions(
        uri.getHost(), portOfUri, connections, callsMax, callTime, attemptsMax, backoff);
  }

  /// The same options with that many connections and calls under way.
  public ClientOptions withConcurrency(int connections, int callsMax) {
    return new ClientOptions(host, port, connections, callsMax, callTime, attemptsMax, backoff);
  }

  /// The same options with that many attempts.
  public ClientOptions withAttemptsMax(int attemptsMax) {
    return new ClientOptions(host, port, connections, callsMax, callTime, attemptsMax, backoff);
  }
}
