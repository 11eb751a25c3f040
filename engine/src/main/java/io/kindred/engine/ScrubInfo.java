package io.kindred.engine;

import java.util.List;

/// What the reading and checking of all files has found. Immutable.
///
/// @param bytesPerSecond as fast as it reads; 0 where it does not
/// @param rounds through all files that have ended since the store was opened
/// @param bytes read since then
/// @param replaced files that were damaged and written anew from memory
/// @param damaged what is wrong with files that are still in use, a sentence each that names the
///   file: such an index is made again by a fold; with such rows a shard answers no more
/// @param isPaused whether it rests until it is told to go on
public record ScrubInfo(
    long bytesPerSecond,
    long rounds,
    long bytes,
    long replaced,
    List<String> damaged,
    boolean isPaused) {
  public ScrubInfo {
    damaged = List.copyOf(damaged);
  }
}
