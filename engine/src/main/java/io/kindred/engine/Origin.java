package io.kindred.engine;

import org.jspecify.annotations.Nullable;

/// Where a change comes from, so that the table recognises it when it comes again. Immutable.
public sealed interface Origin {
  /// A name for the change as a whole. A retry of it is applied once, and answered as it was the
  /// first time, for as long as the name is among the newest 65,536 of each shard.
  ///
  /// @param id 1 to 128 bytes of UTF-8
  record Operation(String id) implements Origin {}

  /// Events of one partition of an ordered source, such as a Kafka topic: each row of the change
  /// comes from the event at one offset.
  ///
  /// Each shard remembers the highest offset that it has applied of each source and partition. A
  /// later change's rows whose offset is not above it are skipped and counted in
  /// [WriteResult#repeated]; a row that was rejected when it was applied is rejected again. So a
  /// source may be read again from any earlier offset, and the rows are as if it had been read
  /// once, provided that an event makes the same rows again, in the same order.
  ///
  /// Rows of equal offsets come from one event, and all of them are in one change. Changes of one
  /// source and partition are written in the order of their offsets: where one failed, what was
  /// written behind it may have been applied, and its own rows would then be skipped. So the next
  /// is written once the one before was answered, or all of them are given up together and the
  /// source starts under another name.
  ///
  /// @param source 1 to 256 bytes of UTF-8, such as `user-taste@1/interactions`
  /// @param partition at least 0
  /// @param offsets of each row, at least 0 and never descending. The array is not copied and must
  ///   not change until the write has been acknowledged
  record Events(String source, int partition, long[] offsets) implements Origin {}

  /// The origin of a change with an operation id, or null where it has none.
  static @Nullable Origin ofOperation(@Nullable String id) {
    return id == null ? null : new Operation(id);
  }
}
