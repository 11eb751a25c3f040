package io.kindred.app.rows;

import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Writes a file of rows under a temporary name, and gives it its own once it is whole and synced:
/// a file of that name is never half of one. Owned by one thread.
///
/// fvecs has no place for keys, so they go into a second file, `NAME.ids`, a line each.
public final class RowFileWriter implements RowWriter {
  private final List<Pair> files = new ArrayList<>();
  private final RowWriter writer;
  private boolean isWhole;

  /// A file and what it is called until it is whole.
  private record Pair(Path path, Path part) {}

  private RowFileWriter(Path path, FileFormat format, Schema schema) throws IOException {
    Path part = add(path);
    writer =
        switch (format) {
          case JSONL -> new JsonlRowWriter(part);
          case CSV -> new CsvRowWriter(part, schema.table());
          case FVECS -> new FvecsWriter(part, add(idsOf(path)), schema.vectorField());
          case PARQUET -> ParquetRowWriter.open(part, schema.table());
          case NPY -> throw new IOException("npy: not written (expected: one of " + names() + ")");
        };
  }

  /// @param vectorField the one vector field of a format that holds one
  private record Schema(TableSpec table, String vectorField) {}

  /// Opens a file for the rows of a table.
  ///
  /// @param vectorField the vector to write to fvecs, or null for the table's only one
  public static RowFileWriter open(
      Path path, FileFormat format, TableSpec table, @Nullable String vectorField)
      throws IOException {
    String chosen = vectorField == null ? "" : vectorField;
    if (format == FileFormat.FVECS) {
      chosen = vectorField(table, vectorField);
    }
    if (format == FileFormat.CSV || format == FileFormat.PARQUET) {
      requireFreeNames(format, table);
    }
    return new RowFileWriter(path, format, new Schema(table, chosen));
  }

  /// Columns are named by fields, and three of them by the row itself.
  private static void requireFreeNames(FileFormat format, TableSpec table) throws IOException {
    for (String name : List.of("id", "metadata", "event_time")) {
      if (table.fields().containsKey(name) || table.vectors().containsKey(name)) {
        throw new IOException(
            "field: " + name + " (expected: another name in " + format + "; export jsonl instead)");
      }
    }
  }

  private static String vectorField(TableSpec table, @Nullable String given) throws IOException {
    String fields = String.join(", ", table.vectors().keySet());
    if (given == null && table.vectors().size() == 1) {
      return fields;
    }
    if (given != null && table.vectors().containsKey(given)) {
      return given;
    }
    throw new IOException(
        "vector: "
            + (given == null ? "none" : given)
            + " (expected: one of the vector fields of table "
            + table.name()
            + ": "
            + (fields.isEmpty() ? "it has none" : fields)
            + ")");
  }

  /// The formats that can be written, for a message.
  public static String names() {
    return "jsonl, csv, fvecs, parquet";
  }

  private static Path idsOf(Path path) {
    String name = String.valueOf(path.getFileName());
    int dot = name.lastIndexOf('.');
    return path.resolveSibling((dot > 0 ? name.substring(0, dot) : name) + ".ids");
  }

  private Path add(Path path) {
    Path part = path.resolveSibling(path.getFileName() + ".part");
    files.add(new Pair(path, part));
    return part;
  }

  @Override
  public boolean write(StoredRow row) throws IOException {
    return writer.write(row);
  }

  /// Says that all rows were written; without it, closing removes what there is.
  public void finish() {
    isWhole = true;
  }

  /// The files that are there once this is closed.
  public List<Path> paths() {
    return files.stream().map(Pair::path).toList();
  }

  @Override
  public void close() throws IOException {
    writer.close();
    if (isWhole) {
      for (Pair file : files) {
        try (FileChannel channel = FileChannel.open(file.part(), StandardOpenOption.WRITE)) {
          channel.force(true);
        }
      }
      // The keys first: vectors never stand there without them.
      for (Pair file : files.reversed()) {
        Files.move(
            file.part(),
            file.path(),
            StandardCopyOption.ATOMIC_MOVE,
            StandardCopyOption.REPLACE_EXISTING);
      }
    } else {
      for (Pair file : files) {
        Files.deleteIfExists(file.part());
      }
    }
  }
}
