package io.kindred.engine.segment;

import java.nio.file.Path;

/// Takes what is wrong with files, as it is found.
@FunctionalInterface
public interface Findings {
  void add(Path file, String what);
}
