package io.kindred.engine.catalog;

import io.kindred.engine.TableSpec;

/// A change of the catalog, as the log carries it; whether it wins is decided when it is applied.
/// Immutable.
public sealed interface CatalogChange {
  record CreateTable(TableSpec spec) implements CatalogChange {}

  /// A table that begins with files, which are there before the log has this.
  ///
  /// @param filesId names their directory; random and never zero, so it is no other's
  record AdoptTable(TableSpec spec, long filesId) implements CatalogChange {}

  /// @param revision the revision that the table must still have
  record DropTable(String name, long id, long revision) implements CatalogChange {}
}
