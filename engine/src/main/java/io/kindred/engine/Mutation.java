package io.kindred.engine;

import java.util.List;
import org.jspecify.annotations.Nullable;

/// A change of a table's rows that a caller asks for. Immutable.
///
/// @see Table#write
public sealed interface Mutation {
  /// A name by which a retry of the same change is recognised and applied once, or null.
  @Nullable String operationId();

  /// Stores whole rows, each replacing the row of its key.
  record Put(List<Row> rows, @Nullable String operationId) implements Mutation {}

  /// Changes only the vectors, fields and metadata entries that are named; `Value.Null` removes
  /// one. A row that does not exist is rejected.
  record Update(List<Row> rows, @Nullable String operationId) implements Mutation {}

  /// Deletes rows by key; a key without a row is counted in `WriteResult.missing`.
  record Delete(List<Key> keys, @Nullable String operationId) implements Mutation {}

  /// Deletes every row that matches. The matching rows are determined when the change is applied.
  record DeleteWhere(io.kindred.engine.filter.Filter filter, @Nullable String operationId)
      implements Mutation {}
}
