package io.kindred.engine.store;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.TableInfo;
import io.kindred.engine.catalog.TableEntry;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.BaseManifest;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.Shard;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// Adds up what the shards of a table report. Owned by one thread, for one report.
final class TableInfos {
  private final OpenTable table;
  private final Map<String, TableInfo.IndexInfo> indexes = new LinkedHashMap<>();
  private long rowCount;
  private long vectorBytes;
  private long rowBytes;
  private long keyBytes;
  private long indexBytes;
  private long deltaBytes;
  private long checkpointBytes;
  private long deltaRows;
  private long deltaRowsMax;
  private long hidden;
  private long appliedPosition;
  private long checkpointPosition = Long.MAX_VALUE;

  private TableInfos(OpenTable table) {
    this.table = table;
  }

  static TableInfo of(OpenTable table) {
    TableInfos infos = new TableInfos(table);
    for (Shard shard : table.shards()) {
      shard.withStatus(
          status -> {
            infos.add(status);
            return status;
          });
      infos.appliedPosition = Math.max(infos.appliedPosition, shard.appliedPosition());
      infos.checkpointPosition = Math.min(infos.checkpointPosition, shard.checkpointPosition());
    }
    return infos.toInfo();
  }

  private void add(Shard.Status status) {
    rowCount += status.rowCount();
    deltaBytes += status.deltaBytes();
    checkpointBytes += status.checkpointBytes();
    deltaRows += status.deltaRows();
    deltaRowsMax += status.deltaRowsMax();
    hidden += status.hidden();
    Base base = status.base();
    if (base != null) {
      BaseManifest manifest = base.manifest();
      vectorBytes += manifest.sizeBytes("vectors") + manifest.sizeBytes("presence");
      rowBytes +=
          manifest.sizeBytes(BaseManifest.ROWS)
              + manifest.sizeBytes(BaseManifest.OFFSETS)
              + manifest.sizeBytes(BaseManifest.EXPIRY);
      keyBytes += manifest.sizeBytes(BaseManifest.KEYS);
      indexBytes += manifest.sizeBytes("index") + manifest.sizeBytes(BaseManifest.PARTITIONS);
    }
    for (int field = 0; field < table.schema().vectorCount(); field++) {
      addIndex(field, status, base);
    }
  }

  private void addIndex(
      int field, Shard.Status status, @org.jspecify.annotations.Nullable Base base) {
    Schema schema = table.schema();
    String kind =
        switch (schema.vectorSpec(field).index()) {
          case IndexSpec.Flat _ -> "flat";
          case IndexSpec.Hnsw _ -> "hnsw";
          case IndexSpec.IvfFlat _ -> "ivf_flat";
          case IndexSpec.IvfPq _ -> "ivf_pq";
          case IndexSpec.IvfHnswPq _ -> "ivf_hnsw_pq";
        };
    VectorIndex index = base == null ? null : base.index(field);
    long linked = index == null ? 0 : index.linkedCount();
    Map<String, String> parameters = index == null ? Map.of() : index.parameters();
    TableInfo.IndexInfo info =
        new TableInfo.IndexInfo(
            kind, status.isFolding() ? "folding" : "ready", linked, status.deltaRows(), parameters);
    indexes.merge(
        schema.vectorName(field),
        info,
        (a, b) ->
            new TableInfo.IndexInfo(
                kind,
                a.state().equals("ready") ? b.state() : a.state(),
                a.indexed() + b.indexed(),
                a.pending() + b.pending(),
                a.parameters()));
  }

  private TableInfo toInfo() {
    TableEntry entry = table.entry();
    Instant createdAt = Instant.ofEpochMilli(entry.createdAtMillis());
    return new TableInfo(
        entry.spec(),
        entry.id(),
        entry.revision(),
        createdAt,
        rowCount,
        new TableInfo.Bytes(
            vectorBytes, rowBytes, keyBytes, indexBytes, deltaBytes, checkpointBytes),
        new TableInfo.DeltaInfo(deltaRows, deltaRowsMax, hidden),
        indexes,
        List.of(new TableInfo.VersionInfo(TableSearch.version(table), "live", createdAt)),
        appliedPosition,
        checkpointPosition,
        table.recalls().figures());
  }
}
