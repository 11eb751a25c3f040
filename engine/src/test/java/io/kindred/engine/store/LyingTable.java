package io.kindred.engine.store;

import io.kindred.engine.Key;
import io.kindred.engine.KeySample;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.ScanPage;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.kindred.engine.TableSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.filter.Filter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;

/// A canary: a table that does one thing wrong, which the model test must find. Owned by one
/// thread.
final class LyingTable implements Table {
  /// What a table does wrong.
  enum Lie {
    /// A deleted row comes back.
    DELETE_RESURRECTED,
    /// A row of a large batch is acknowledged and not stored.
    PUT_LOST,
    /// A retried operation is applied again.
    RETRY_APPLIED,
    /// A long list of matches lacks its last.
    SEARCH_SHORT,
    /// A vector is read as zeros.
    VECTOR_ZEROED
  }

  private final Table table;
  private final Lie lie;

  LyingTable(Table table, Lie lie) {
    this.table = table;
    this.lie = lie;
  }

  @Override
  public CompletableFuture<WriteResult> write(Mutation mutation) {
    return switch (mutation) {
      case Mutation.Put put when lie == Lie.PUT_LOST && put.rows().size() > 10 -> losing(put);
      case Mutation.Put put when lie == Lie.RETRY_APPLIED ->
          table.write(new Mutation.Put(put.rows(), null));
      case Mutation.Delete delete when lie == Lie.DELETE_RESURRECTED -> resurrecting(delete);
      case Mutation.Put _,
          Mutation.Update _,
          Mutation.Merge _,
          Mutation.Delete _,
          Mutation.DeleteWhere _ ->
          table.write(mutation);
    };
  }

  private CompletableFuture<WriteResult> losing(Mutation.Put put) {
    WriteResult result = table.write(put).join();
    Key last = put.rows().getLast().key();
    if (result.rejected().isEmpty()) {
      var _ = table.write(new Mutation.Delete(List.of(last), null)).join();
    }
    return CompletableFuture.completedFuture(result);
  }

  private CompletableFuture<WriteResult> resurrecting(Mutation.Delete delete) {
    Key key = delete.keys().getFirst();
    StoredRow row = table.get(key, Projection.ALL).orElse(null);
    WriteResult result = table.write(delete).join();
    if (row != null) {
      Row again = Row.of(key, row.vectors(), row.fields(), row.metadata());
      var _ = table.write(new Mutation.Put(List.of(again), null)).join();
    }
    return CompletableFuture.completedFuture(result);
  }

  @Override
  public SearchResult search(SearchRequest request) {
    SearchResult result = table.search(request);
    List<SearchResult.Match> matches = result.matches();
    return lie == Lie.SEARCH_SHORT && matches.size() > 5
        ? new SearchResult(matches.subList(0, matches.size() - 1), result.stats(), null)
        : result;
  }

  @Override
  public List<@Nullable StoredRow> get(List<Key> keys, Projection projection) {
    List<@Nullable StoredRow> rows = new ArrayList<>(table.get(keys, projection));
    StoredRow first = rows.getFirst();
    if (lie == Lie.VECTOR_ZEROED && first != null) {
      rows.set(0, zeroed(first));
    }
    return rows;
  }

  private static StoredRow zeroed(StoredRow row) {
    Map<String, float[]> zeros = new java.util.HashMap<>(row.vectors());
    zeros.replaceAll((_, vector) -> new float[vector.length]);
    return new StoredRow(
        row.key(),
        row.version(),
        zeros,
        row.fields(),
        row.metadata(),
        row.eventTime(),
        row.expiry());
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
  public Optional<StoredRow> get(Key key, Projection projection) {
    return table.get(key, projection);
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
  public ScanPage scan(
      @Nullable Key after, int limit, @Nullable Filter filter, Projection projection) {
    return table.scan(after, limit, filter, projection);
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
