package io.kindred.app.tables;

import io.kindred.engine.Key;
import io.kindred.engine.Mutation;
import io.kindred.engine.ScanPage;
import io.kindred.engine.TableSpec;
import io.kindred.engine.WriteResult;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// Tables to load and to read, wherever they are. Thread-safe.
///
/// Every call fails with a [io.kindred.engine.KindredException] of the same code, whether the
/// tables are in this process or behind a network.
public interface Tables extends AutoCloseable {
  Optional<TableSpec> find(String table);

  /// Creates an empty table.
  void create(TableSpec spec);

  /// Stores rows; see [io.kindred.engine.Table#write].
  CompletableFuture<WriteResult> put(String table, Mutation.Put put);

  /// Whole rows in key order.
  ///
  /// @param after the page starts behind this key, or at the first one where it is null
  ScanPage scan(String table, @Nullable Key after, int limit);

  /// Builds indexes over what was loaded, where no server does so in the background, and waits.
  ///
  /// @return whether there was anything to build
  boolean settle(String table);

  /// Where the tables are, for a message.
  String place();

  @Override
  void close();
}
