package io.kindred.bench.vectors;

import java.nio.file.Path;

/// The folder `shared` beside the repository, with real data and the peers' source.
public final class SharedFiles {
  private SharedFiles() {}

  public static Path resolve(String name) {
    Path launcher = Path.of(System.getProperty("kindred.launcher", "kindred"));
    return launcher.toAbsolutePath().resolveSibling("../shared").resolve(name).normalize();
  }
}
