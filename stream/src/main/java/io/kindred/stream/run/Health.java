package io.kindred.stream.run;

import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// What fails in a pipeline now. Thread-safe.
final class Health {
  private final Map<Object, Trouble> troubles = new LinkedHashMap<>();

  /// @param who fails; it is asked for by identity or equality until it is well
  synchronized void trouble(Object who, Trouble trouble) {
    troubles.put(who, trouble);
  }

  synchronized Optional<Trouble> find(Object who) {
    return Optional.ofNullable(troubles.get(who));
  }

  synchronized void well(Object who) {
    troubles.remove(who);
  }

  /// An open circuit, or else what has failed for longest.
  synchronized Optional<Trouble> worst() {
    return troubles.values().stream()
        .min(
            Comparator.comparing((Trouble it) -> !it.isCircuitOpen())
                .thenComparing(Trouble::since));
  }
}
