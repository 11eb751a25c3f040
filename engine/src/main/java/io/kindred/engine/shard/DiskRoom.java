package io.kindred.engine.shard;

/// Says whether there is room on the disk. Thread-safe.
@FunctionalInterface
public interface DiskRoom {
  /// Checks that so many bytes can be written and leave the disk usable.
  ///
  /// @param work what they are for, such as `fold of items/0`
  /// @throws io.kindred.engine.KindredException `STORAGE_UNAVAILABLE` where they would not fit
  void require(String work, long bytes);
}
