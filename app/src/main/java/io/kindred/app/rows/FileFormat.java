package io.kindred.app.rows;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;

/// A format of files of rows.
public enum FileFormat {
  FVECS,
  NPY,
  CSV,
  JSONL,
  PARQUET;

  /// The format that the file's extension names.
  public static Optional<FileFormat> ofExtension(Path file) {
    String name = String.valueOf(file.getFileName()).toLowerCase(Locale.ROOT);
    if (name.endsWith(".ndjson")) {
      return Optional.of(JSONL);
    }
    return Arrays.stream(values()).filter(format -> name.endsWith("." + format)).findFirst();
  }

  /// The names of all formats, for a message.
  public static String names() {
    return Arrays.stream(values()).map(FileFormat::toString).collect(Collectors.joining(", "));
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
