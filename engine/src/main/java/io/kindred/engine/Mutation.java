package io.kindred.engine;

import io.kindred.engine.filter.Filter;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// A change of a table's rows that a caller asks for. Immutable.
///
/// @see Table#write
public sealed interface Mutation {
  /// By what the change is recognised when it comes again, or null where it is not.
  @Nullable Origin origin();

  /// Stores whole rows, each replacing the row of its key.
  record Put(List<Row> rows, @Nullable Origin origin) implements Mutation {}

  /// Changes only the vectors, fields and metadata entries that are named; `Value.Null` removes
  /// one. A row that does not exist is rejected.
  record Update(List<Row> rows, @Nullable Origin origin) implements Mutation {}

  /// Merges values into rows, each of which is made where it does not exist. Several of one key are
  /// merged in their order.
  record Merge(List<RowMerge> rows, @Nullable Origin origin) implements Mutation {}

  /// Deletes rows by key; a key without a row is counted in `WriteResult.missing`.
  record Delete(List<Key> keys, @Nullable Origin origin) implements Mutation {}

  /// Deletes every row that matches. The matching rows are determined when the change is applied.
  record DeleteWhere(Filter filter, @Nullable Origin origin) implements Mutation {}
}
