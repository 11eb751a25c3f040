package io.kindred.engine;

/// When a write to a table is acknowledged.
public enum Durability {
  /// After the log was synced to disk: survives power loss.
  SYNCED,
  /// After the log was handed to the operating system: survives the end of the process, and loses
  /// at most the last second of writes with the power.
  BUFFERED
}
