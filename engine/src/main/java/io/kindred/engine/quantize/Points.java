package io.kindred.engine.quantize;

/// Vectors of one dimension, by number. Thread-safe.
public interface Points {
  int dimension();

  /// Copies a vector into `into[at .. at + dimension)`.
  void copy(int point, float[] into, int at);
}
