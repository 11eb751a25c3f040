package io.kindred.engine;

import java.time.Duration;

/// Hears of what the engine does on its own threads, for metrics. Implementations are thread-safe,
/// fast, and do not throw.
public interface StoreListener {
  StoreListener NONE = new StoreListener() {};

  /// A group of records was written to the log and made durable.
  default void committed(int records, long bytes, Duration took) {}

  default void folded(String table, long rows, Duration took) {}

  /// A fold of a shard has come to this step, or further in it. Every few thousand rows; one fold
  /// at a time for each shard.
  ///
  /// @param shard the table's name and the shard's number
  /// @param done of `total` rows, both 0 where the step does not count
  default void foldAdvanced(String table, String shard, FoldStep step, long done, long total) {}

  /// The fold of a shard that was told of by [#foldAdvanced] is over, well or not.
  default void foldEnded(String table, String shard) {}

  default void checkpointed(String table, long bytes, Duration took) {}

  /// A live search was repeated exactly, and this share of the exact matches had been found.
  ///
  /// @param field the vector field
  default void recallMeasured(String table, String field, double recall) {}

  /// A fold or checkpoint did not succeed; it will be tried again.
  default void maintenanceFailed(String table, String what) {}
}
