package io.kindred.app.bulk;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The rows of one file that were not stored: their place and the reason, a line each. The file
/// `NAME.rejects` lies beside the one it is about, or in the working directory where that folder
/// cannot be written, and exists only if there are any. Owned by one thread.
final class Rejects implements AutoCloseable {
  private final Path path;
  private final String placeName;
  private @Nullable BufferedWriter writer;
  private long count;

  private Rejects(Path path, String placeName) {
    this.path = path;
    this.placeName = placeName;
  }

  /// @param placeName what a place counts: `line` or `row`
  static Rejects of(Path file, String placeName) throws IOException {
    String name = file.getFileName() + ".rejects";
    Path folder = file.toAbsolutePath().getParent();
    boolean isWritable = folder != null && Files.isWritable(folder);
    Path path = isWritable ? file.resolveSibling(name) : Path.of(name);
    Files.deleteIfExists(path);
    return new Rejects(path, placeName);
  }

  void add(long place, String reason) throws IOException {
    if (writer == null) {
      writer = Files.newBufferedWriter(path, StandardCharsets.UTF_8);
    }
    writer.write(placeName + " " + place + ": " + reason.replaceAll("\\R", " "));
    writer.newLine();
    count++;
  }

  long count() {
    return count;
  }

  Path path() {
    return path;
  }

  @Override
  public void close() throws IOException {
    if (writer != null) {
      writer.close();
    }
  }
}
