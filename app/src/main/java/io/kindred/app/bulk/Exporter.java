package io.kindred.app.bulk;

import io.kindred.app.rows.FileFormat;
import io.kindred.app.rows.RowFileWriter;
import io.kindred.app.tables.Tables;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.ScanPage;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableSpec;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.function.LongConsumer;
import org.jspecify.annotations.Nullable;

/// Writes a table to a file, in key order, a page in memory at a time. Rows that change meanwhile
/// are written as the page finds them. Owned by one thread.
public final class Exporter {
  private static final int PAGE_ROWS = 1_000;

  private final Tables tables;
  private final LongConsumer progress;

  /// @param progress hears after each page how many rows are written
  public Exporter(Tables tables, LongConsumer progress) {
    this.tables = tables;
    this.progress = progress;
  }

  /// What to write where. Immutable.
  ///
  /// @param vectorField the vector to write to fvecs, or null for the table's only one
  public record Plan(String table, Path file, FileFormat format, @Nullable String vectorField) {}

  /// What was written. Immutable.
  ///
  /// @param leftOut rows that the format cannot hold, being without the vector
  public record Exported(long rows, long leftOut, List<Path> files) {}

  /// Writes the file, which is there under its name only if this returns.
  public Exported run(Plan plan) throws IOException {
    TableSpec spec =
        tables
            .find(plan.table())
            .orElseThrow(
                () ->
                    KindredException.of(
                        ErrorCode.TABLE_NOT_FOUND,
                        "table",
                        plan.table(),
                        "a table at " + tables.place()));
    long rows = 0;
    long leftOut = 0;
    try (RowFileWriter writer =
        RowFileWriter.open(plan.file(), plan.format(), spec, plan.vectorField())) {
      Key after = null;
      do {
        ScanPage page = tables.scan(plan.table(), after, PAGE_ROWS);
        for (StoredRow row : page.rows()) {
          if (writer.write(row)) {
            rows++;
          } else {
            leftOut++;
          }
        }
        progress.accept(rows);
        after = page.next();
      } while (after != null);
      writer.finish();
      return new Exported(rows, leftOut, writer.paths());
    }
  }
}
