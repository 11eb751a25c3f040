package io.kindred.engine;

/// The room that the data directory's file system has left. Immutable.
///
/// @param freeBytes when it was last measured, at most a second or so ago
/// @param freeBytesMin with less, no rows and tables are added
public record DiskInfo(State state, long freeBytes, long freeBytesMin) {
  /// What may still be written.
  public enum State {
    /// Everything.
    OK,

    /// Everything, but a person should make room: less than twice the least free space is left.
    LOW,

    /// Only what makes room: rows are deleted and tables dropped.
    FULL,

    /// Nothing: less than a quarter of the least free space is left.
    READ_ONLY
  }
}
