package io.kindred.app.demo;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/// The demo's data directory: a given one, which stays, or a temporary one, which is removed when
/// this is closed. Owned by one thread.
record DataFolder(Path path, Stay stay) implements AutoCloseable {
  /// Whether the directory outlives the demo.
  enum Stay {
    KEPT,
    REMOVED
  }

  static DataFolder of(@Nullable Path given) throws IOException {
    return given == null
        ? new DataFolder(Files.createTempDirectory("kindred-demo-"), Stay.REMOVED)
        : new DataFolder(given, Stay.KEPT);
  }

  @Override
  public void close() {
    if (stay == Stay.KEPT) {
      return;
    }
    try (Stream<Path> all = Files.walk(path)) {
      List<Path> deepestFirst = all.sorted(java.util.Comparator.reverseOrder()).toList();
      for (Path file : deepestFirst) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
