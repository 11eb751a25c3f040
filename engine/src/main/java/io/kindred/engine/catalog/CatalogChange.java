package io.kindred.engine.catalog;

import io.kindred.engine.TableSpec;

/// A change of the catalog, as the log carries it; whether it wins is decided when it is applied.
/// Immutable.
public sealed interface CatalogChange {
  record CreateTable(TableSpec spec) implements CatalogChange {}

  /// @param revision the revision that the table must still have
  record DropTable(String name, long id, long revision) implements CatalogChange {}
}
