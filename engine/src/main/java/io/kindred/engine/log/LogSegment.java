package io.kindred.engine.log;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Disk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/// One file of the log, named by its first position. Immutable.
record LogSegment(Path path, long firstPosition) {
  private static final Pattern FILE_NAME = Pattern.compile("\\d{20}\\.log");

  /// What a segment says of itself. Immutable.
  ///
  /// @param earlierTimestampMillis no record before the segment is younger
  record Header(long logId, long firstPosition, long earlierTimestampMillis) {}

  static LogSegment of(Path directory, long firstPosition) {
    return new LogSegment(directory.resolve("%020d.log".formatted(firstPosition)), firstPosition);
  }

  /// The segment of a path, by its name; empty where the name is no segment's.
  static Optional<LogSegment> named(Path path) {
    String name = path.getFileName().toString();
    if (!FILE_NAME.matcher(name).matches()) {
      return Optional.empty();
    }
    try {
      return Optional.of(new LogSegment(path, Long.parseLong(name, 0, 20, 10)));
    } catch (NumberFormatException e) {
      throw KindredException.of(
          ErrorCode.CORRUPT, "log segment", path, "a name that is a position; remove the file");
    }
  }

  static ByteBuffer encode(Header header) {
    ByteBuffer bytes = ByteBuffer.allocate(LogLayout.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    bytes.putLong(LogLayout.MAGIC_OFFSET, LogLayout.MAGIC);
    bytes.put(LogLayout.NAME_OFFSET, LogLayout.NAME.getBytes(StandardCharsets.US_ASCII));
    bytes.putInt(LogLayout.VERSION_OFFSET, LogLayout.VERSION);
    bytes.putLong(LogLayout.LOG_ID_OFFSET, header.logId());
    bytes.putLong(LogLayout.FIRST_POSITION_OFFSET, header.firstPosition());
    bytes.putLong(LogLayout.EARLIER_TIMESTAMP_OFFSET, header.earlierTimestampMillis());
    bytes.putInt(LogLayout.HEADER_CHECKSUM_OFFSET, headerChecksum(bytes));
    return bytes;
  }

  /// Reads and checks the header.
  ///
  /// @throws KindredException `CORRUPT` where it is damaged, or of an older or newer version
  Header readHeader(Disk disk) {
    ByteBuffer bytes = ByteBuffer.allocate(LogLayout.HEADER_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (Disk.ReadFile file = disk.open(path)) {
      if (file.read(0, bytes) < LogLayout.HEADER_BYTES) {
        throw damaged(bytes.position(), "header of " + bytes.position() + " bytes", "64");
      }
    }
    return decode(bytes);
  }

  private Header decode(ByteBuffer bytes) {
    long magic = bytes.getLong(LogLayout.MAGIC_OFFSET);
    if (magic != LogLayout.MAGIC) {
      throw damaged(0, "first bytes %016x".formatted(magic), "the mark of a Kindred file");
    }
    int checksum = headerChecksum(bytes);
    int expected = bytes.getInt(LogLayout.HEADER_CHECKSUM_OFFSET);
    if (checksum != expected) {
      throw damaged(0, "header checksum %08x".formatted(checksum), "%08x".formatted(expected));
    }
    String name = nameIn(bytes);
    if (!name.equals(LogLayout.NAME)) {
      throw damaged(LogLayout.NAME_OFFSET, "format " + name, LogLayout.NAME);
    }
    checkVersion(bytes.getInt(LogLayout.VERSION_OFFSET));
    long first = bytes.getLong(LogLayout.FIRST_POSITION_OFFSET);
    if (first != firstPosition) {
      throw damaged(
          LogLayout.FIRST_POSITION_OFFSET, "first position " + first, "its name, " + firstPosition);
    }
    return new Header(
        bytes.getLong(LogLayout.LOG_ID_OFFSET),
        first,
        bytes.getLong(LogLayout.EARLIER_TIMESTAMP_OFFSET));
  }

  private void checkVersion(int version) {
    if (version < LogLayout.VERSION) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          "log segment: %s is too old: version %d (expected: %d); start the release that wrote it and stop it cleanly first"
              .formatted(path, version, LogLayout.VERSION));
    }
    if (version > LogLayout.VERSION) {
      throw new KindredException(
          ErrorCode.CORRUPT,
          "log segment: %s is too new: version %d (expected: %d); start the newer release that wrote it"
              .formatted(path, version, LogLayout.VERSION));
    }
  }

  /// The error of damage at a place of this file.
  KindredException damaged(long offset, String found, String expected) {
    return new KindredException(
        ErrorCode.CORRUPT,
        "log segment: %s is damaged at byte %d: %s (expected: %s); restore the data directory from a snapshot"
            .formatted(path, offset, found, expected));
  }

  private static int headerChecksum(ByteBuffer bytes) {
    CRC32C checksum = new CRC32C();
    checksum.update(bytes.slice(0, LogLayout.HEADER_CHECKSUM_OFFSET));
    return (int) checksum.getValue();
  }

  private static String nameIn(ByteBuffer bytes) {
    byte[] name = new byte[LogLayout.NAME_BYTES];
    bytes.get(LogLayout.NAME_OFFSET, name);
    return new String(name, StandardCharsets.US_ASCII).replace("\0", "");
  }
}
