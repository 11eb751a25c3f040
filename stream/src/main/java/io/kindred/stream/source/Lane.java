package io.kindred.stream.source;

import io.kindred.stream.SourceRecord;
import java.time.Duration;
import java.util.List;

/// What becomes of one partition's events, in their order. Owned by the thread that runs the
/// source, but for [#progress].
public interface Lane {

  /// Adds events, ascending by offset. They are taken also where the lane is full; but then what is
  /// not bounded by the lane has to be by its caller.
  void offer(List<SourceRecord> records);

  /// Whether the partition should be left alone for now.
  boolean isFull();

  /// Tells how many events wait in the source that were not offered yet.
  void setUnread(long events);

  /// Up to where everything is done: written or dead-lettered, durably. Thread-safe.
  Progress progress();

  /// Takes no more and waits for what was begun, as long as that; what is not done then is given
  /// up.
  void finish(Duration most) throws InterruptedException;
}
