package io.kindred.stream.run;

import io.kindred.engine.Limits;
import io.kindred.engine.Store;
import io.kindred.engine.Value;
import io.kindred.stream.PipelineOptions;
import io.kindred.stream.config.PipelineDefinition;
import io.kindred.stream.source.SourceMemory;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

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
  private static final int OPERATION_ROOM = 16;

  String name() {
    return definition.name().value();
  }

  /// The name by which the engine remembers what it has applied of a topic, file or the like.
  String origin(String topic) {
    return named(topic, Limits.SOURCE_BYTES_MAX);
  }

  /// The name of a change that is made as a whole, to which a few characters may be added.
  String operation(String name) {
    return named(name, Limits.OPERATION_ID_BYTES_MAX - OPERATION_ROOM);
  }

  /// A name within this generation. A long one is replaced by its hash.
  private String named(String what, int bytesMax) {
    String name = name() + "@" + generation + "/" + what;
    byte[] utf8 = name.getBytes(StandardCharsets.UTF_8);
    return utf8.length <= bytesMax ? name : "#" + hash(utf8);
  }

  /// What the source remembers, in this generation alone.
  SourceMemory memory() {
    String prefix = "g" + generation + "/";
    return new SourceMemory() {
      @Override
      public Map<String, Value> read(String what) {
        return state.readSource(name(), prefix + what);
      }

      @Override
      public void write(String what, Map<String, Value> values) {
        state.writeSource(name(), prefix + what, values);
      }
    };
  }

  private static String hash(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }
}
