package io.kindred.app.demo;

import java.util.ArrayList;
import java.util.List;

/// What the demo found to hold, or not. Thread-safe.
final class Checks {
  private final List<String> failures = new ArrayList<>();
  private int count;

  /// Notes one more check.
  ///
  /// @param what what ought to hold
  synchronized void that(boolean holds, String what) {
    count++;
    if (!holds) {
      failures.add(what);
    }
  }

  synchronized int count() {
    return count;
  }

  synchronized List<String> failures() {
    return List.copyOf(failures);
  }
}
