package io.kindred.engine;

import java.util.List;

/// Keys spread evenly over the rows of a table, in key order. Immutable.
///
/// @param rowsEach how many rows each stands for, about: its own and those before it
public record KeySample(List<Key> keys, double rowsEach) {
  public KeySample {
    keys = List.copyOf(keys);
  }
}
