package io.kindred.stream.run;

import io.kindred.stream.PipelineStatus;
import java.util.LinkedHashMap;
import java.util.Map;

/// What a pipeline depends on. Immutable.
///
/// @param steps tables that are looked into, and models
record Circuits(Circuit steps, Circuit sink, Circuit deadLetters) {
  boolean isOneOpen() {
    return steps.isOpen() || sink.isOpen() || deadLetters.isOpen();
  }

  Map<String, PipelineStatus.Circuit> states() {
    Map<String, PipelineStatus.Circuit> states = new LinkedHashMap<>();
    states.put("steps", steps.status());
    states.put("sink", sink.status());
    states.put("dead_letters", deadLetters.status());
    return states;
  }
}
