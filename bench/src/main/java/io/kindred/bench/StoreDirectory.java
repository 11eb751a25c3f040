package io.kindred.bench;

import io.kindred.bench.report.Report;
import io.kindred.bench.store.BulkStore;
import io.kindred.bench.store.Scratch;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.store.EmbeddedStore;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// Where a benchmark keeps its tables: a scratch directory, or one that is kept for the next run.
/// Owned by one thread.
final class StoreDirectory implements AutoCloseable {
  private final @Nullable Scratch scratch;
  private final Path path;

  /// @param kept a directory to use again, or null for one that is deleted
  StoreDirectory(@Nullable Path kept) {
    scratch = kept == null ? new Scratch() : null;
    path = scratch == null ? java.util.Objects.requireNonNull(kept) : scratch.directory();
  }

  Path path() {
    return path;
  }

  /// Opens the store as the product does.
  static EmbeddedStore open(Path directory) {
    return EmbeddedStore.open(StoreOptions.at(directory));
  }

  /// Loads tables, each with one fold at the end: what is measured starts from there.
  void prepare(Report report, Iterable<TablePlan> plans) {
    int rowsMax = 0;
    for (TablePlan plan : plans) {
      rowsMax = Math.max(rowsMax, plan.rows());
    }
    StoreOptions oneFold =
        BulkStore.options(
            path, rowsMax, Runtime.getRuntime().availableProcessors(), StoreListener.NONE);
    try (EmbeddedStore store = EmbeddedStore.open(oneFold)) {
      for (TablePlan plan : plans) {
        plan.in(store, report);
      }
    }
  }

  @Override
  public void close() {
    if (scratch != null) {
      scratch.close();
    }
  }
}
