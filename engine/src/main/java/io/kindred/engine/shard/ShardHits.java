package io.kindred.engine.shard;

import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.SearchTrace;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Schema;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What a search of one shard found, nearest first, with a lease on the rows until it is closed.
/// Owned by one thread.
public final class ShardHits implements AutoCloseable {
  private final ShardView view;
  private final RowCursor cursor;
  private final int count;
  private final float[] distances;
  private final long[] locations;
  private final Way way;

  /// How the rows were found.
  ///
  /// @param visited vectors compared
  /// @param parts what was searched; empty unless an explanation was asked for
  public record Way(IndexSearch.Path path, long visited, List<Searched> parts) {}

  /// One part of the shard, for an explanation.
  ///
  /// @param part `base`, `frozen` or `active`
  /// @param path null for a delta, which is scanned
  /// @param scanNanos time to scan a delta
  /// @param trace of a search through an index
  /// @param filterState what was done about the filter, or null where there is none
  public record Searched(
      String part,
      IndexSearch.@Nullable Path path,
      long rows,
      long visited,
      long scanNanos,
      @Nullable SearchTrace trace,
      @Nullable String filterState) {}

  ShardHits(ShardView view, Schema schema, NearestRows rows, Way way) {
    this.view = view;
    this.cursor = new RowCursor(schema);
    this.count = rows.count();
    this.distances = rows.distances();
    this.locations = rows.locations();
    this.way = way;
  }

  public int count() {
    return count;
  }

  /// Lower is nearer.
  public float distance(int hit) {
    return distances[hit];
  }

  public Way way() {
    return way;
  }

  public StoredRow row(int hit, Projection projection) {
    return RowReader.read(view, locations[hit], projection, cursor);
  }

  @Override
  public void close() {
    view.lifetime().release();
  }
}
