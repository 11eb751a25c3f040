package io.kindred.app.bulk;

import java.nio.file.Path;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/// Hears how an import is getting on. Called by the importing thread.
public interface ImportListener {
  /// A new table was created for the rows.
  void created(io.kindred.engine.TableSpec spec);

  void started(Path file);

  /// Called after each batch.
  ///
  /// @param done how much of the file was read, 0 to 1, where that is known
  void progressed(long rows, OptionalDouble done);

  void finished(ImportedFile file);

  /// The store takes no rows for now.
  void waiting(String why);

  /// What became of one file. Immutable.
  ///
  /// @param stored rows that the store acknowledged
  /// @param rejects the file that says which rows were rejected; exists if any were
  /// @param problem why the file could not be read to its end, or null
  record ImportedFile(
      Path file, long stored, long rejected, Path rejects, @Nullable String problem) {}
}
