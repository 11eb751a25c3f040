package io.kindred.app.tables;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.Store;
import io.kindred.engine.TableSpec;
import io.kindred.engine.WriteResult;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Tables of a data directory that this process has opened, and closes. Thread-safe.
public final class EmbeddedTables implements Tables {
  private final Store store;
  private final Path directory;

  public EmbeddedTables(Store store, Path directory) {
    this.store = store;
    this.directory = directory;
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
  public String place() {
    return directory.toString();
  }

  @Override
  public void close() {
    store.close();
  }
}
