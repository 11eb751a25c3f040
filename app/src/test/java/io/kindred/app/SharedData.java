package io.kindred.app;

import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Files;
import java.nio.file.Path;

/// Real data beside the repository, which is not part of it.
final class SharedData {
  private SharedData() {}

  /// A file of `../shared/data`, looked for in the folders above the working directory too. Where
  /// there is none the test is skipped.
  static Path file(String name) {
    Path folder = Path.of("").toAbsolutePath();
    while (folder != null) {
      Path file = folder.resolve("shared").resolve("data").resolve(name);
      if (Files.isRegularFile(file)) {
        return file;
      }
      folder = folder.getParent();
    }
    return abort("no shared/data/" + name + " beside the repository");
  }
}
