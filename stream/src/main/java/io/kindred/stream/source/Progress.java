package io.kindred.stream.source;

/// How far a partition is done. Immutable.
///
/// @param next offset of the first event that is not done
/// @param latestMicros the latest event time among those done, in microseconds since 1970, by which
///   late events are told; `Long.MIN_VALUE` where none is known
public record Progress(long next, long latestMicros) {
  /// Of a partition that is begun at an offset.
  public static Progress from(long next) {
    return new Progress(next, Long.MIN_VALUE);
  }
}
