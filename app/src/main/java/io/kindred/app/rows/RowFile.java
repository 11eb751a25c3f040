package io.kindred.app.rows;

import java.nio.file.Path;
import java.util.Set;

/// A file of rows to read, and what is known about the table they are for. Immutable.
///
/// @param vectorField the name of the vector of files that name none (fvecs, npy)
/// @param vectorFields names that are known to be vector fields; a reader of text columns finds
///   others by their looks
public record RowFile(Path path, FileFormat format, String vectorField, Set<String> vectorFields) {
  public RowFile {
    vectorFields = Set.copyOf(vectorFields);
  }

  /// Opens the file.
  ///
  /// @throws DamagedFileException where it is not a file of that format
  public RowReader open() throws java.io.IOException {
    return switch (format) {
      case FVECS -> FvecsReader.open(path, vectorField);
      case NPY -> NpyReader.open(path, vectorField);
      case CSV -> CsvRowReader.open(this);
      case JSONL -> JsonlReader.open(path);
      case PARQUET -> ParquetRowReader.open(path);
    };
  }
}
