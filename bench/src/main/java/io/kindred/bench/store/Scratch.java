package io.kindred.bench.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/// A directory that is gone once the benchmark ends, also where it was interrupted. Thread-safe.
public final class Scratch implements AutoCloseable {
  private final Path directory;
  private final Thread atExit;

  /// Makes the directory below `java.io.tmpdir`.
  public Scratch() {
    try {
      directory = Files.createTempDirectory("kindred-bench-");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    atExit = new Thread(() -> delete(directory), "bench-clean-up");
    Runtime.getRuntime().addShutdownHook(atExit);
  }

  public Path directory() {
    return directory;
  }

  /// Fills the directory with what is in another one.
  public void copyOf(Path source) {
    try (Stream<Path> entries = Files.walk(source)) {
      for (Path entry : entries.toList()) {
        Path target = directory.resolve(source.relativize(entry));
        if (Files.isDirectory(entry)) {
          Files.createDirectories(target);
        } else {
          Files.copy(entry, target);
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /// Deletes a directory with all that is in it.
  public static void delete(Path directory) {
    if (!Files.exists(directory)) {
      return;
    }
    try (Stream<Path> entries = Files.walk(directory)) {
      for (Path entry : entries.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(entry);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    delete(directory);
    Runtime.getRuntime().removeShutdownHook(atExit);
  }
}
