package io.kindred.bench.pipeline;

import io.kindred.bench.vectors.SharedFiles;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// Where the real set amazon-book is. Owned by one thread.
final class BooksOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Holds amazon-book. Default: ../shared/data.")
  private @Nullable Path data;

  /// The set's own directory.
  Path directory() {
    return (data == null ? SharedFiles.resolve("data") : data).resolve("amazon-book");
  }
}
