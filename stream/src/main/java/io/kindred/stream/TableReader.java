package io.kindred.stream;

import io.kindred.engine.TableSpec;

/// Reads a table's specification from the JSON that the REST API takes for a new one.
@FunctionalInterface
public interface TableReader {

  /// @throws io.kindred.engine.KindredException where it is none
  TableSpec read(byte[] json);
}
