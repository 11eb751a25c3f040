package io.kindred.engine;

import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;

/// How an embedded store works. Immutable.
///
/// @param directory where everything is kept; created if absent
/// @param deltaRowsMax row images that a shard's delta holds before it is folded
/// @param deltaBytesMax bytes of rows, and again of vectors, that a shard's delta holds
/// @param checkpointInterval how often the deltas are checkpointed so that the log can be cut
/// @param buildThreads threads that build indexes
/// @param recallInterval time between two searches of a table that are repeated exactly, to measure
///   their recall; zero for none
/// @param budget what the store may take of its machine
public record StoreOptions(
    Path directory,
    int deltaRowsMax,
    long deltaBytesMax,
    long logSegmentBytes,
    Duration checkpointInterval,
    int buildThreads,
    InstantSource clock,
    StoreListener listener,
    Duration recallInterval,
    Budget budget) {
  public static final Duration RECALL_INTERVAL_DEFAULT = Duration.ofSeconds(1);

  public StoreOptions {
    if (recallInterval.isNegative()) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "recall interval", recallInterval, "zero or more");
    }
  }

  /// Options with the default recall interval and budget.
  public StoreOptions(
      Path directory,
      int deltaRowsMax,
      long deltaBytesMax,
      long logSegmentBytes,
      Duration checkpointInterval,
      int buildThreads,
      InstantSource clock,
      StoreListener listener) {
    this(
        directory,
        deltaRowsMax,
        deltaBytesMax,
        logSegmentBytes,
        checkpointInterval,
        buildThreads,
        clock,
        listener,
        RECALL_INTERVAL_DEFAULT,
        Budget.DEFAULT);
  }

  public static StoreOptions at(Path directory) {
    return new StoreOptions(
        directory,
        65_536,
        256L << 20,
        64L << 20,
        Duration.ofSeconds(30),
        Math.max(1, Runtime.getRuntime().availableProcessors() - 1),
        InstantSource.system(),
        StoreListener.NONE);
  }

  public StoreOptions withListener(StoreListener other) {
    return new StoreOptions(
        directory,
        deltaRowsMax,
        deltaBytesMax,
        logSegmentBytes,
        checkpointInterval,
        buildThreads,
        clock,
        other,
        recallInterval,
        budget);
  }

  public StoreOptions withDeltaRowsMax(int rows) {
    return new StoreOptions(
        directory,
        rows,
        deltaBytesMax,
        logSegmentBytes,
        checkpointInterval,
        buildThreads,
        clock,
        listener,
        recallInterval,
        budget);
  }

  public StoreOptions withClock(InstantSource other) {
    return new StoreOptions(
        directory,
        deltaRowsMax,
        deltaBytesMax,
        logSegmentBytes,
        checkpointInterval,
        buildThreads,
        other,
        listener,
        recallInterval,
        budget);
  }

  public StoreOptions withRecallInterval(Duration other) {
    return new StoreOptions(
        directory,
        deltaRowsMax,
        deltaBytesMax,
        logSegmentBytes,
        checkpointInterval,
        buildThreads,
        clock,
        listener,
        other,
        budget);
  }

  public StoreOptions withBudget(Budget other) {
    return new StoreOptions(
        directory,
        deltaRowsMax,
        deltaBytesMax,
        logSegmentBytes,
        checkpointInterval,
        buildThreads,
        clock,
        listener,
        recallInterval,
        other);
  }
}
