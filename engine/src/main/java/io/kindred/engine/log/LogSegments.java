package io.kindred.engine.log;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;

/// The files of a log, oldest first: a chain in which each goes on where the one before ends.
/// Thread-safe.
///
/// A segment ends where the next begins, whatever bytes its file has behind that.
final class LogSegments {
  /// Takes a record that is read.
  @FunctionalInterface
  interface Reader {
    void read(long position, long timestampMillis, ByteBuffer payload);
  }

  private final Disk disk;
  private final Path directory;
  private List<LogSegment> segments;

  /// Bytes of each segment, kept so that nobody has to ask the disk, which may fail.
  private final Map<LogSegment, Long> sizes = new HashMap<>();

  LogSegments(Disk disk, Path directory, List<LogSegment> segments) {
    this.disk = disk;
    this.directory = directory;
    this.segments = List.copyOf(segments);
    segments.forEach(segment -> sizes.put(segment, disk.sizeBytes(segment.path())));
  }

  /// The segments that a directory holds, in order, as their names say.
  static List<LogSegment> list(Disk disk, Path directory) {
    List<LogSegment> found = new ArrayList<>();
    for (Path path : disk.list(directory)) {
      LogSegment.named(path).ifPresent(found::add);
    }
    return found;
  }

  synchronized List<LogSegment> all() {
    return segments;
  }

  synchronized long oldestPosition() {
    return segments.getFirst().firstPosition();
  }

  synchronized long sizeBytes() {
    return sizes.values().stream().mapToLong(Long::longValue).sum();
  }

  /// The last segment has grown.
  synchronized void setLastSize(long bytes) {
    sizes.put(segments.getLast(), bytes);
  }

  /// Takes in a new last segment, in place of those that begin at the same position or later.
  synchronized void add(LogSegment segment, long sizeBytes) {
    List<LogSegment> next = new ArrayList<>(segments);
    next.removeIf(other -> other.firstPosition() >= segment.firstPosition());
    next.add(segment);
    segments = List.copyOf(next);
    sizes.keySet().retainAll(segments);
    sizes.put(segment, sizeBytes);
  }

  /// Deletes the segments that hold only records before a position; never the last one.
  synchronized void truncateBefore(long position) {
    while (segments.size() > 1 && segments.get(1).firstPosition() <= position) {
      disk.delete(segments.getFirst().path());
      // One by one: if a crash brought back an older file but not a newer one, the chain had a gap.
      disk.syncDirectory(directory);
      sizes.remove(segments.getFirst());
      segments = segments.subList(1, segments.size());
    }
  }

  /// Reads the records of a range, both ends included.
  ///
  /// @throws KindredException `CORRUPT` at the first record that cannot be read
  void read(long fromPosition, long toPosition, Reader reader) {
    List<LogSegment> chain = all();
    for (int i = 0; i < chain.size(); i++) {
      boolean isLast = i == chain.size() - 1;
      long end = isLast ? Long.MAX_VALUE : chain.get(i + 1).firstPosition();
      if (end > fromPosition) {
        readSegment(chain.get(i), fromPosition, Math.min(end - 1, toPosition), reader);
      }
    }
  }

  /// Reads and checks every segment but the last.
  ///
  /// @param pace is told the bytes of each record
  /// @throws KindredException `CORRUPT` at the first damage
  void check(LongConsumer pace) {
    List<LogSegment> chain = all();
    for (int i = 0; i + 1 < chain.size(); i++) {
      LogSegment segment = chain.get(i);
      long last = chain.get(i + 1).firstPosition() - 1;
      try {
        readSegment(segment, last + 1, last, (position, time, payload) -> {}, pace);
      } catch (KindredException e) {
        if (all().contains(segment)) {
          throw e;
        }
      }
    }
  }

  private void readSegment(LogSegment segment, long from, long to, Reader reader) {
    readSegment(segment, from, to, reader, bytes -> {});
  }

  private void readSegment(
      LogSegment segment, long from, long to, Reader reader, LongConsumer pace) {
    try (SegmentReader frames = SegmentReader.open(disk, segment)) {
      for (long next = segment.firstPosition(); next <= to; next++) {
        switch (frames.next()) {
          case DAMAGE ->
              throw segment.damaged(frames.endOffset(), frames.damage(), "record " + next);
          case END -> throw gap(segment, next, to);
          case FRAME -> {
            pace.accept(frames.payload().remaining());
            if (next >= from) {
              reader.read(next, frames.timestampMillis(), frames.payload());
            }
          }
        }
      }
    }
  }

  private static KindredException gap(LogSegment segment, long next, long to) {
    return new KindredException(
        ErrorCode.CORRUPT,
        "log segment: %s ends before record %d (expected: records up to %d); a segment is missing or cut: restore the data directory from a snapshot"
            .formatted(segment.path(), next, to));
  }
}
