package io.kindred.stream.run;

import io.kindred.engine.Limits;
import io.kindred.engine.Store;
import io.kindred.stream.PipelineOptions;
import io.kindred.stream.config.PipelineDefinition;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/// What all parts of a pipeline's run are given. Immutable.
///
/// @param generation raised by each reset, from 1
record RunContext(
    PipelineDefinition definition,
    PipelineOptions options,
    Store store,
    StateTable state,
    Meter meter,
    Health health,
    long generation) {

  String name() {
    return definition.name().value();
  }

  /// The name by which the engine remembers what it has applied of a topic, file or the like. A
  /// long one is cut and told apart by its hash.
  String origin(String topic) {
    String origin = name() + "@" + generation + "/" + topic;
    byte[] utf8 = origin.getBytes(StandardCharsets.UTF_8);
    if (utf8.length <= Limits.SOURCE_BYTES_MAX) {
      return origin;
    }
    return name() + "@" + generation + "/#" + hash(utf8);
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
