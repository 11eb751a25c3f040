package io.kindred.app.tables;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.TableSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.store.EmbeddedStore;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Tables of a data directory that this process has opened, and closes. Thread-safe.
public final class EmbeddedTables implements Tables {
  /// Eight times what a server collects before it folds: nobody searches meanwhile, and each fold
  /// copies all that is there.
  private static final int DELTA_ROWS_MAX = 1 << 19;

  private final Store store;
  private final Path directory;

  private EmbeddedTables(Store store, Path directory) {
    this.store = store;
    this.directory = directory;
  }

  /// Opens the directory; makes it if absent.
  public static EmbeddedTables open(Path directory) {
    StoreOptions options = StoreOptions.at(directory).withDeltaRowsMax(DELTA_ROWS_MAX);
    return new EmbeddedTables(EmbeddedStore.open(options), directory);
  }

  @Override
  public Optional<TableSpec> find(String table) {
    try {
      return Optional.of(store.table(table).spec());
    } catch (KindredException e) {
      if (e.code() == ErrorCode.TABLE_NOT_FOUND) {
        return Optional.empty();
      }
      throw e;
    }
  }

  @Override
  public void create(TableSpec spec) {
    store.createTable(spec);
  }

  @Override
  public CompletableFuture<WriteResult> put(String table, Mutation.Put put) {
    return store.table(table).write(put);
  }

  @Override
  public ScanPage scan(String table, @Nullable Key after, int limit) {
    return store.table(table).scan(after, limit, null, Projection.ALL);
  }

  @Override
  public boolean settle(String table) {
    boolean hasGraph =
        store.table(table).spec().vectors().values().stream()
            .anyMatch(vector -> !(vector.index() instanceof IndexSpec.Flat));
    if (hasGraph) {
      store.table(table).fold();
    }
    return hasGraph;
  }

  @Override
  public String place() {
    return directory.toString();
  }

  @Override
  public void close() {
    store.close();
  }
}
