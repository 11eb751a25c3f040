package io.kindred.engine.catalog;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Limits;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The tables of a store: a state machine on the log, so that every change is decided in the log's
/// order. Owned by the applying thread; readers take [#tables] after it.
public final class Catalog {
  private final Map<String, TableEntry> tables = new TreeMap<>();
  private long appliedPosition;

  /// An empty catalog.
  public Catalog() {}

  Catalog(Collection<TableEntry> entries, long appliedPosition) {
    entries.forEach(entry -> tables.put(entry.spec().name(), entry));
    this.appliedPosition = appliedPosition;
  }

  /// The last record that changed the catalog, or 0.
  public long appliedPosition() {
    return appliedPosition;
  }

  /// All tables, by name.
  public List<TableEntry> tables() {
    return List.copyOf(tables.values());
  }

  public CatalogOutcome apply(long position, long timestampMillis, CatalogChange change) {
    appliedPosition = position;
    return switch (change) {
      case CatalogChange.CreateTable(var spec) ->
          create(new TableEntry(position, spec, position, timestampMillis, 1));
      case CatalogChange.AdoptTable(var spec, long filesId) ->
          create(new TableEntry(position, spec, position, timestampMillis, 1, filesId));
      case CatalogChange.DropTable drop -> drop(drop);
    };
  }

  private CatalogOutcome create(TableEntry entry) {
    String name = entry.spec().name();
    if (tables.containsKey(name)) {
      return new CatalogOutcome.Refused(
          ErrorCode.TABLE_EXISTS, "table: " + name + " (expected: a name that no table has)");
    }
    if (tables.size() >= Limits.TABLES_MAX) {
      return new CatalogOutcome.Refused(
          ErrorCode.TOO_LARGE,
          "tables: " + (tables.size() + 1) + " (expected: at most " + Limits.TABLES_MAX + ")");
    }
    tables.put(name, entry);
    return new CatalogOutcome.Created(entry);
  }

  private CatalogOutcome drop(CatalogChange.DropTable drop) {
    TableEntry entry = tables.get(drop.name());
    if (entry == null || entry.id() != drop.id()) {
      return new CatalogOutcome.Refused(
          ErrorCode.TABLE_NOT_FOUND, "table: " + drop.name() + " (expected: an existing table)");
    }
    if (entry.revision() != drop.revision()) {
      return new CatalogOutcome.Refused(
          ErrorCode.VERSION_CONFLICT,
          "revision: %d (expected: %d, table: %s)"
              .formatted(drop.revision(), entry.revision(), drop.name()));
    }
    tables.remove(drop.name());
    return new CatalogOutcome.Dropped(entry);
  }
}
