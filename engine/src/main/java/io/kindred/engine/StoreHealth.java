package io.kindred.engine;

import java.util.List;

/// How a store is, as last measured. Immutable.
///
/// @param problems what a person should look at, a sentence each; empty where all is well
public record StoreHealth(
    DiskInfo disk, MemoryInfo memory, ScrubInfo scrub, List<String> problems) {
  public StoreHealth {
    problems = List.copyOf(problems);
  }
}
