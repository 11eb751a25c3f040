package io.kindred.engine;

import java.time.Duration;

/// Hears of what the engine does on its own threads, for metrics. Implementations are thread-safe,
/// fast, and do not throw.
public interface StoreListener {
  StoreListener NONE = new StoreListener() {};

  /// A group of records was written to the log and made durable.
  default void committed(int records, long bytes, Duration took) {}

  default void folded(String table, long rows, Duration took) {}

  default void checkpointed(String table, long bytes, Duration took) {}

  /// A live search was repeated exactly, and this share of the exact matches had been found.
  ///
  /// @param field the vector field
  default void recallMeasured(String table, String field, double recall) {}

  /// A fold or checkpoint did not succeed; it will be tried again.
  default void maintenanceFailed(String table, String what) {}
}
