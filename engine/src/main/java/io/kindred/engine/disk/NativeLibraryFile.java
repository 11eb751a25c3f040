package io.kindred.engine.disk;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.foreign.Arena;
import java.lang.foreign.SymbolLookup;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/// Loads a native library that is packaged as a resource.
public final class NativeLibraryFile {
  private NativeLibraryFile() {}

  /// Loads the library for as long as the process runs.
  ///
  /// The system loads libraries from files only: the resource is copied into a temporary one, which
  /// is deleted once it is loaded.
  ///
  /// @throws UncheckedIOException where the copy cannot be written
  /// @throws IllegalArgumentException where the system cannot load it
  @SuppressWarnings("restricted")
  public static SymbolLookup load(InputStream resource, String name) {
    try {
      Path copy = Files.createTempFile(name, ".so");
      try {
        Files.copy(resource, copy, StandardCopyOption.REPLACE_EXISTING);
        return SymbolLookup.libraryLookup(copy, Arena.global());
      } finally {
        Files.delete(copy);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(name, e);
    }
  }
}
