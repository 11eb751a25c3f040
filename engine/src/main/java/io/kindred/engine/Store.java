package io.kindred.engine;

import java.time.Duration;
import java.util.List;

/// Kindred's storage and retrieval: tables of rows with vectors, durable and searchable.
///
/// Thread-safe. What a call stores is durable as the table's [Durability] says when the call (or
/// its future) completes, and from then on visible to every read.
public interface Store extends AutoCloseable {
  /// Creates an empty table.
  ///
  /// @throws KindredException `TABLE_EXISTS`, or `TOO_LARGE` beyond 1,000 tables
  Table createTable(TableSpec spec);

  /// All tables, by name.
  List<Table> tables();

  /// @throws KindredException `TABLE_NOT_FOUND`
  Table table(String name);

  /// Drops a table with all of its rows, for good.
  ///
  /// @throws KindredException `TABLE_NOT_FOUND`
  void dropTable(String name);

  /// Waits until everything up to the token is visible to reads.
  ///
  /// @throws KindredException `POSITION_NOT_REACHED` when the time is over, `INVALID_ARGUMENT`
  ///   where the token is another store's
  void await(Token token, Duration timeout);

  StoreInfo info();

  /// How the store is. Quick, and answers whatever else is under way.
  StoreHealth health();

  /// Lets the reading and checking of files rest where it is, until [#resumeScrub] or a restart.
  void pauseScrub();

  void resumeScrub();

  /// Writes every delta to disk, so that a restart need not replay the log.
  void checkpoint();

  /// Checkpoints and closes. Calls that are under way are finished; later ones fail with
  /// `NOT_READY`.
  @Override
  void close();
}
