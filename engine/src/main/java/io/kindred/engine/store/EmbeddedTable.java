package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KeySample;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.kindred.engine.TableSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.filter.Filter;
import io.kindred.engine.segment.KeyHash;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.Shard;
import io.kindred.engine.shard.ShardReads;
import io.kindred.engine.shard.ShardSample;
import io.kindred.engine.shard.ShardScan;
import io.kindred.engine.shard.VectorReads;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A handle on one table of an [EmbeddedStore]. Immutable, thread-safe.
final class EmbeddedTable implements Table {
  private final EmbeddedStore store;
  private final long id;
  private final TableSpec spec;

  EmbeddedTable(EmbeddedStore store, long id, TableSpec spec) {
    this.store = store;
    this.id = id;
    this.spec = spec;
  }

  private OpenTable open() {
    return store.open(id, spec);
  }

  @Override
  public TableSpec spec() {
    return spec;
  }

  @Override
  public TableInfo info() {
    return TableInfos.of(open());
  }

  @Override
  public CompletableFuture<WriteResult> write(Mutation mutation) {
    return new TableWrite(store, open(), mutation).submit();
  }

  @Override
  public Optional<StoredRow> get(Key key, Projection projection) {
    return Optional.ofNullable(read(open(), key, projection, nowMillis()));
  }

  @Override
  public List<@Nullable StoredRow> get(List<Key> keys, Projection projection) {
    requireBatch(keys.size());
    OpenTable table = open();
    long now = nowMillis();
    List<@Nullable StoredRow> rows = new ArrayList<>(keys.size());
    for (Key key : keys) {
      rows.add(read(table, key, projection, now));
    }
    return rows;
  }

  private @Nullable StoredRow read(
      OpenTable table, Key key, Projection projection, long nowMillis) {
    requireKeyType(key);
    List<Shard> shards = table.shards();
    Shard shard = shards.get(KeyHash.shard(KeyHash.slotKey(key), shards.size()));
    return new ShardReads(shard).get(key, projection, nowMillis);
  }

  @Override
  public int[] getVectors(List<Key> keys, String field, ByteBuffer destination) {
    keys.forEach(this::requireKeyType);
    return vectorReads(keys.size(), field, destination).read(keys, destination);
  }

  @Override
  public int[] getVectors(long[] keys, String field, ByteBuffer destination) {
    if (spec.key() != KeyType.UINT64) {
      throw KindredException.of(
          ErrorCode.INVALID_KEY, "ids", "numbers", "strings, the key type of table " + spec.name());
    }
    return vectorReads(keys.length, field, destination).read(keys, destination);
  }

  private VectorReads vectorReads(int count, String field, ByteBuffer destination) {
    requireBatch(count);
    OpenTable table = open();
    int index = table.schema().vectorIndex(field);
    long needed = (long) count * table.schema().vectorSpec(index).sizeBytes();
    if (destination.remaining() < needed) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "destination",
          destination.remaining() + " bytes",
          "at least " + needed + " for " + count + " vectors");
    }
    return new VectorReads(table.shards(), index, store.options().clock());
  }

  @Override
  public SearchResult search(SearchRequest request) {
    OpenTable table = open();
    long position = store.appliedPosition();
    long now = nowMillis();
    SearchResult result = new TableSearch(table, store.opener().contexts(), now).search(request);
    store.recallMonitor().offer(table, request, result, position, now);
    return result;
  }

  @Override
  public ScanPage scan(
      @Nullable Key after, int limit, @Nullable Filter filter, Projection projection) {
    if (limit < 1 || limit > Limits.SCAN_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "limit", limit, "1 to " + Limits.SCAN_ROWS_MAX);
    }
    if (after != null) {
      requireKeyType(after);
    }
    OpenTable table = open();
    BoundFilter bound = filter == null ? null : BoundFilter.bind(filter, spec);
    long now = nowMillis();
    List<ShardScan.Page> pages = new ArrayList<>();
    for (Shard shard : table.shards()) {
      pages.add(new ShardScan(shard, after, limit, bound, projection, now).page());
    }
    return merge(pages, limit);
  }

  private static ScanPage merge(List<ShardScan.Page> pages, int limit) {
    Key completeTo = null;
    List<StoredRow> rows = new ArrayList<>();
    for (ShardScan.Page page : pages) {
      rows.addAll(page.rows());
      Key end = page.completeTo();
      if (end != null && (completeTo == null || end.compareTo(completeTo) < 0)) {
        completeTo = end;
      }
    }
    rows.sort(java.util.Comparator.comparing(StoredRow::key));
    Key horizon = completeTo;
    if (horizon != null) {
      rows.removeIf(row -> row.key().compareTo(horizon) > 0);
    }
    if (rows.size() > limit) {
      return new ScanPage(List.copyOf(rows.subList(0, limit)), rows.get(limit - 1).key());
    }
    return new ScanPage(List.copyOf(rows), horizon);
  }

  @Override
  public KeySample sample(int count) {
    if (count < 1 || count > Limits.SCAN_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "count", count, "1 to " + Limits.SCAN_ROWS_MAX);
    }
    OpenTable table = open();
    long rows = 0;
    for (Shard shard : table.shards()) {
      rows += shard.rowCount();
    }
    double stride = Math.max(1, (double) rows / count);
    List<Key> keys = new ArrayList<>();
    for (Shard shard : table.shards()) {
      keys.addAll(new ShardSample(shard, stride, nowMillis()).keys());
    }
    keys.sort(null);
    return new KeySample(keys, stride);
  }

  @Override
  public void fold() {
    for (Shard shard : open().shards()) {
      shard.fold();
    }
  }

  private long nowMillis() {
    return store.options().clock().millis();
  }

  private void requireKeyType(Key key) {
    Schema.requireKeyType(spec, key);
  }

  private static void requireBatch(int count) {
    if (count > Limits.BATCH_ROWS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE, "ids", count + " ids", "at most " + Limits.BATCH_ROWS_MAX);
    }
  }
}
