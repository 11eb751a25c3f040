package io.kindred.engine.backup;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.Seal;
import java.util.regex.Pattern;

/// The names of objects, and what may be one: a name never leaves the place that it belongs to.
final class ObjectNames {
  /// Sealed files of shards, by their content.
  static final String FILES = "files";

  /// One manifest for each backup.
  static final String BACKUPS = "backups";

  /// Marks of those who are at work on the place.
  static final String ACTIVE = "active";

  static final String BACKUP_SUFFIX = ".backup";
  private static final Pattern PART = Pattern.compile("[a-z0-9][a-z0-9.-]{0,127}");
  private static final Pattern ID = Pattern.compile("\\d{8}t\\d{6}z-[0-9a-f]{8}");

  private ObjectNames() {}

  static boolean isPart(String part) {
    return PART.matcher(part).matches() && !part.contains("..");
  }

  static String requirePart(String part) {
    if (!isPart(part)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "object name",
          part,
          "1 to 128 lower-case letters, digits, dashes and single dots");
    }
    return part;
  }

  /// Checks a folder and a name within it.
  static String require(String name) {
    int slash = name.indexOf('/');
    if (slash < 0) {
      throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "object name", name, "FOLDER/NAME");
    }
    requirePart(name.substring(0, slash));
    requirePart(name.substring(slash + 1));
    return name;
  }

  /// The name of a file's content: its random id, its length and its checksum.
  static String file(Seal seal) {
    return "%s/%016x-%x-%08x".formatted(FILES, seal.fileId(), seal.payloadBytes(), seal.checksum());
  }

  static boolean isId(String id) {
    return ID.matcher(id).matches();
  }

  /// The manifest of a backup.
  ///
  /// @throws KindredException `INVALID_ARGUMENT` where the id cannot be one
  static String backup(String id) {
    if (!isId(id)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "backup", id, "an id such as 20260131t235959z-0123abcd");
    }
    return BACKUPS + "/" + id + BACKUP_SUFFIX;
  }
}
