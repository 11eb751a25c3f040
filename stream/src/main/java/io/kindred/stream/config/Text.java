package io.kindred.stream.config;

import io.kindred.engine.KindredException;

/// A word of a pipeline's file, with its place, so that what is found wrong with it later can be
/// named. Immutable.
///
/// @param path of keys that leads to it, such as `sink.table`
public record Text(Place place, String path, String value) {

  /// An error about this word.
  public KindredException problem(String expected) {
    return place.problem(path, value, expected);
  }

  @Override
  public String toString() {
    return value;
  }
}
