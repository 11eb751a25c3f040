package io.kindred.stream.source;

import io.kindred.engine.Value;
import java.util.Map;

/// What a source remembers across restarts, where nobody else does it. Thread-safe.
public interface SourceMemory {

  /// What was written last under a name; empty where it is nothing.
  Map<String, Value> read(String name);

  /// Replaces what is remembered under a name, durably.
  void write(String name, Map<String, Value> values);
}
