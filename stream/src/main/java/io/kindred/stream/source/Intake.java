package io.kindred.stream.source;

/// Takes the events of a source, partition by partition. Thread-safe.
public interface Intake {

  /// Opens the lane of a partition that has none.
  ///
  /// @param identity by which what was applied of the topic is remembered; with the partition's
  ///   number it stands for one sequence of offsets for good
  /// @param start where the partition is read from
  Lane open(Partition partition, String identity, Progress start);

  /// Says that the source does not answer. It is tried further.
  void unreachable(String reason);

  /// Says that the source answers.
  void reachable();
}
