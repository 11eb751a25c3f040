package io.kindred.stream.source;

/// Takes the events of a source, partition by partition. Thread-safe.
public interface Intake {

  /// Opens the lane of a partition that has none.
  ///
  /// @param start where the partition is read from
  Lane open(Partition partition, Progress start);

  /// Says that the source does not answer. It is tried further.
  void unreachable(String reason);

  /// Says that the source answers.
  void reachable();
}
