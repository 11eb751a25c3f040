package io.kindred.server;

import io.kindred.engine.Key;
import io.kindred.engine.KeySample;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.Store;
import io.kindred.engine.StoreHealth;
import io.kindred.engine.StoreInfo;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Token;
import io.kindred.engine.WriteResult;
import io.kindred.engine.filter.Filter;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/// A store whose scans wait at a gate until it is opened, so that a test decides how long the
/// threads of the server are busy. All else is the store's. Thread-safe.
final class GatedStore implements Store {
  private final Store store;
  private final CountDownLatch gate = new CountDownLatch(1);

  private final ConcurrentMap<String, Integer> scans = new ConcurrentHashMap<>();

  GatedStore(Store store) {
    this.store = store;
  }

  void open() {
    gate.countDown();
  }

  /// Scans of a table that a thread has begun.
  int scansOf(String table) {
    return scans.getOrDefault(table, 0);
  }

  @Override
  public Table createTable(TableSpec spec) {
    return new Gated(store.createTable(spec));
  }

  @Override
  public List<Table> tables() {
    return store.tables();
  }

  @Override
  public Table table(String name) {
    return new Gated(store.table(name));
  }

  @Override
  public void dropTable(String name) {
    store.dropTable(name);
  }

  @Override
  public void await(Token token, Duration timeout) {
    store.await(token, timeout);
  }

  @Override
  public StoreInfo info() {
    return store.info();
  }

  @Override
  public StoreHealth health() {
    return store.health();
  }

  @Override
  public void pauseScrub() {
    store.pauseScrub();
  }

  @Override
  public void resumeScrub() {
    store.resumeScrub();
  }

  @Override
  public void checkpoint() {
    store.checkpoint();
  }

  @Override
  public void close() {
    store.close();
  }

  private final class Gated implements Table {
    private final Table table;

    Gated(Table table) {
      this.table = table;
    }

    @Override
    public ScanPage scan(
        @Nullable Key after, int limit, @Nullable Filter filter, Projection projection) {
      scans.merge(table.spec().name(), 1, Integer::sum);
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      return table.scan(after, limit, filter, projection);
    }

    @Override
    public TableSpec spec() {
      return table.spec();
    }

    @Override
    public TableInfo info() {
      return table.info();
    }

    @Override
    public CompletableFuture<WriteResult> write(Mutation mutation) {
      return table.write(mutation);
    }

    @Override
    public Optional<StoredRow> get(Key key, Projection projection) {
      return table.get(key, projection);
    }

    @Override
    public List<@Nullable StoredRow> get(List<Key> keys, Projection projection) {
      return table.get(keys, projection);
    }

    @Override
    public int[] getVectors(List<Key> keys, String field, ByteBuffer destination) {
      return table.getVectors(keys, field, destination);
    }

    @Override
    public int[] getVectors(long[] keys, String field, ByteBuffer destination) {
      return table.getVectors(keys, field, destination);
    }

    @Override
    public SearchResult search(SearchRequest request) {
      return table.search(request);
    }

    @Override
    public KeySample sample(int count) {
      return table.sample(count);
    }

    @Override
    public void fold() {
      table.fold();
    }
  }
}
