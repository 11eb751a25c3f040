package io.kindred.engine.store;

import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.shard.ShardSnapshot;
import java.util.List;

/// Tables of a store as of one position of its log, while the store goes on: every record up to the
/// position is in them, and none behind it. Their files stay until this is closed, also those of a
/// table that is dropped meanwhile. Owned by one thread; closed before its store.
public final class StoreSnapshot implements AutoCloseable {
  private final TableRegistry registry;
  private final long logId;
  private final long position;
  private final long takenAtMillis;
  private final List<HeldTable> tables;
  private boolean isClosed;

  /// A table with its shards.
  record HeldTable(OpenTable table, List<ShardSnapshot> shards) {}

  StoreSnapshot(
      TableRegistry registry,
      long logId,
      long position,
      long takenAtMillis,
      List<HeldTable> tables) {
    this.registry = registry;
    this.logId = logId;
    this.position = position;
    this.takenAtMillis = takenAtMillis;
    this.tables = List.copyOf(tables);
  }

  /// A table of the snapshot.
  ///
  /// @param shards in order of their numbers
  public record SnapshotTable(TableEntry entry, List<ShardSnapshot> shards) {}

  public long logId() {
    return logId;
  }

  public long position() {
    return position;
  }

  public long takenAtMillis() {
    return takenAtMillis;
  }

  /// The tables, by name.
  public List<SnapshotTable> tables() {
    return tables.stream()
        .map(held -> new SnapshotTable(held.table().entry(), List.copyOf(held.shards())))
        .toList();
  }

  @Override
  public void close() {
    if (!isClosed) {
      isClosed = true;
      tables.forEach(registry::release);
    }
  }
}
