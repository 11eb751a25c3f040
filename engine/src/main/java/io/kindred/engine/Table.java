package io.kindred.engine;

import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// One table of a [Store]. Thread-safe; its reads take no lock.
///
/// A handle stays bound to the table it was opened for: once that was dropped, every call fails
/// with `TABLE_NOT_FOUND`, also where a new table has the name.
public interface Table {
  TableSpec spec();

  TableInfo info();

  /// Changes rows. A malformed row is rejected by index and the others are stored; a malformed
  /// request is refused as a whole and changes nothing.
  ///
  /// The future completes once the change is durable and visible, on a thread of the engine's: what
  /// depends on it must not block, or run elsewhere (`thenApplyAsync`). It fails with `OVERLOADED`
  /// where the table takes no more writes for now; nothing was then stored.
  ///
  /// @throws KindredException `INVALID_ARGUMENT`, `TOO_LARGE`, and the like for the request as a
  ///   whole; `TOO_LARGE` also where its source of events would be one too many
  CompletableFuture<WriteResult> write(Mutation mutation);

  /// The row of a key, if there is one and it has not expired.
  Optional<StoredRow> get(Key key, Projection projection);

  /// The rows of the keys, in their order; absent rows are null.
  List<@Nullable StoredRow> get(List<Key> keys, Projection projection);

  /// Copies the vectors of the keys, in their order, to the destination: `dimension` little-endian
  /// float32 each. The place of a key without a row or without that vector is filled with zeros.
  ///
  /// @param field a vector field of the table
  /// @param destination takes `keys.size() * dimension * 4` bytes from its position, which is
  ///   advanced
  /// @return indices of keys without a vector, ascending
  int[] getVectors(List<Key> keys, String field, ByteBuffer destination);

  /// As [#getVectors(List, String, ByteBuffer)], for the keys of a `uint64` table.
  int[] getVectors(long[] keys, String field, ByteBuffer destination);

  /// The nearest rows. Never fewer than `min(k, rows that may match)`.
  SearchResult search(SearchRequest request);

  /// Rows in key order, all shards merged.
  ///
  /// @param after the page starts behind this key, or at the first one where it is null
  /// @param limit 1 to 10,000 rows
  /// @param filter which rows to return, or null for all. With a filter a page may hold fewer rows
  ///   than the limit, or none, and not be the last
  ScanPage scan(
      @Nullable Key after,
      int limit,
      io.kindred.engine.filter.@Nullable Filter filter,
      Projection projection);

  /// About so many keys, spread evenly over the rows in key order. Quick: looks at few other rows.
  ///
  /// @param count 1 to 10,000
  KeySample sample(int count);

  /// Builds a new base from all rows now, and waits for it.
  void fold();
}
