package io.kindred.app.rows;

import io.kindred.engine.Limits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// The keys of a file whose rows name none: an id a line, in the order of the rows. Owned by one
/// thread.
public final class IdLines implements AutoCloseable {
  private final TextLines lines;

  private IdLines(TextLines lines) {
    this.lines = lines;
  }

  public static IdLines open(Path path) throws IOException {
    return new IdLines(new TextLines(Files.newInputStream(path)));
  }

  /// The next id, or null at the end.
  public @Nullable String next() throws IOException {
    if (!lines.next()) {
      return null;
    }
    if (lines.isTooLong() || lines.length() > Limits.KEY_BYTES_MAX) {
      throw new DamagedFileException(
          "line " + lines.number() + ": id of more than " + Limits.KEY_BYTES_MAX + " bytes");
    }
    return lines.text();
  }

  @Override
  public void close() throws IOException {
    lines.close();
  }
}
