package io.kindred.app.soak;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;

/// What a server under load looked like at one moment. Immutable.
///
/// @param residentBytes all of the process that is in memory
/// @param anonymousBytes of these, what no file is behind
/// @param diskBytes of all files of the data directory
/// @param rows as the server counts them
/// @param writes calls since the last sample
/// @param searches calls since the last sample
/// @param statistics what `/v1/stats` says
record Sample(
    double seconds,
    long residentBytes,
    long anonymousBytes,
    long diskBytes,
    long rows,
    Latencies.Summary writes,
    Latencies.Summary searches,
    JsonNode statistics) {

  /// One line of JSON.
  String json() {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("seconds", seconds);
    out.put("resident_bytes", residentBytes);
    out.put("anonymous_bytes", anonymousBytes);
    out.put("disk_bytes", diskBytes);
    out.put("rows", rows);
    out.set("writes", json(writes));
    out.set("searches", json(searches));
    out.set("memory", statistics.path("memory"));
    out.set("log", statistics.path("log"));
    out.set("problems", statistics.path("problems"));
    return out.toString();
  }

  private static ObjectNode json(Latencies.Summary summary) {
    ObjectNode out = JsonNodeFactory.instance.objectNode();
    out.put("calls", summary.count());
    out.put("p50_ms", summary.p50Millis());
    out.put("p99_ms", summary.p99Millis());
    out.put("max_ms", summary.maxMillis());
    return out;
  }
}
