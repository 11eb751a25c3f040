package io.kindred.engine.log;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Finds where a log ends, and what of it can be trusted. Immutable.
final class LogRecovery {
  private static final Logger LOGGER = LoggerFactory.getLogger(LogRecovery.class);
  private static final SecureRandom LOG_IDS = new SecureRandom();
  private static final String UNFINISHED_SUFFIX = ".tmp";

  private LogRecovery() {}

  /// Where a log ends. Immutable.
  ///
  /// @param endOffset the length of the last segment up to its last whole frame
  /// @param sizeBytes the length of the last segment's file, more where its tail is torn
  record End(
      long logId,
      LogSegment lastSegment,
      long lastPosition,
      long lastTimestampMillis,
      long endOffset,
      long sizeBytes) {}

  /// Prepares a directory: what a crash left unfinished is removed, a log is begun where there is
  /// none.
  static void prepare(Disk disk, Path directory) {
    disk.createDirectories(directory);
    for (Path path : disk.list(directory)) {
      if (path.getFileName().toString().endsWith(UNFINISHED_SUFFIX)) {
        disk.delete(path);
      }
    }
    if (LogSegments.list(disk, directory).isEmpty()) {
      begin(disk, directory, newLogId(), 1);
    }
  }

  /// Begins a log in an empty directory.
  static void begin(Disk disk, Path directory, long logId, long firstPosition) {
    LogSegment first = LogSegment.of(directory, firstPosition);
    LogSegment.Header header = new LogSegment.Header(logId, firstPosition, 0);
    disk.replace(first.path(), LogSegment.encode(header));
    LOGGER.info("log created directory={} id={}", directory, "%016x".formatted(logId));
  }

  static long newLogId() {
    return LOG_IDS.nextLong();
  }

  /// Reads the headers of all segments and the whole of the last one. Changes nothing.
  ///
  /// @throws KindredException `CORRUPT` where a header, or more than a torn tail, is damaged
  static End findEnd(Disk disk, List<LogSegment> segments) {
    LogSegment last = segments.getLast();
    LogSegment.Header header = segments.getFirst().readHeader(disk);
    long logId = header.logId();
    for (LogSegment segment : segments.subList(1, segments.size())) {
      header = segment.readHeader(disk);
      if (header.logId() != logId) {
        throw segment.damaged(
            LogLayout.LOG_ID_OFFSET,
            "log id %016x".formatted(header.logId()),
            "%016x as in %s".formatted(logId, segments.getFirst().path().getFileName()));
      }
    }
    try (SegmentReader frames = SegmentReader.open(disk, last)) {
      long lastPosition = last.firstPosition() - 1;
      long timestamp = header.earlierTimestampMillis();
      SegmentReader.Step step = frames.next();
      while (step == SegmentReader.Step.FRAME) {
        lastPosition = frames.position();
        timestamp = Math.max(timestamp, frames.timestampMillis());
        step = frames.next();
      }
      if (step == SegmentReader.Step.DAMAGE && frames.isDamageOfDurableRecord()) {
        throw last.damaged(frames.endOffset(), frames.damage(), "record " + (lastPosition + 1));
      }
      return new End(logId, last, lastPosition, timestamp, frames.endOffset(), frames.sizeBytes());
    }
  }

  /// Opens the last segment for appending behind its last whole frame. All that is read from now on
  /// is durable: a reader must never see what a loss of power could take.
  static Disk.AppendFile openEnd(Disk disk, End end) {
    long torn = end.sizeBytes() - end.endOffset();
    if (torn > 0) {
      LOGGER.warn(
          "log tail torn, as after a crash; cut file={} offset={} bytes={}; if there was no crash, check the device",
          end.lastSegment().path(),
          end.endOffset(),
          torn);
    }
    Disk.AppendFile file = disk.append(end.lastSegment().path(), end.endOffset());
    try {
      file.sync();
      return file;
    } catch (RuntimeException e) {
      file.close();
      throw e;
    }
  }

  /// The error of a position that the log does not hold.
  static KindredException notHeld(Path directory, long position, long oldest, long next) {
    return new KindredException(
        ErrorCode.CORRUPT,
        "log position: %d (expected: %d to %d, log: %s); the log and the files beside it do not belong together: restore the data directory from a snapshot"
            .formatted(position, oldest, next, directory));
  }
}
