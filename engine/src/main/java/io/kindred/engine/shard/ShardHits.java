package io.kindred.engine.shard;

import io.kindred.engine.Projection;
import io.kindred.engine.StoredRow;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Schema;

/// What a search of one shard found, nearest first, with a lease on the rows until it is closed.
/// Owned by one thread.
public final class ShardHits implements AutoCloseable {
  private final ShardView view;
  private final Schema schema;
  private final int count;
  private final float[] distances;
  private final long[] locations;
  private final IndexSearch.Path path;
  private final long visited;

  ShardHits(ShardView view, Schema schema, NearestRows rows, IndexSearch.Path path, long visited) {
    this.view = view;
    this.schema = schema;
    this.count = rows.count();
    this.distances = rows.distances();
    this.locations = rows.locations();
    this.path = path;
    this.visited = visited;
  }

  public int count() {
    return count;
  }

  /// Lower is nearer.
  public float distance(int hit) {
    return distances[hit];
  }

  public IndexSearch.Path path() {
    return path;
  }

  /// Vectors compared.
  public long visited() {
    return visited;
  }

  public StoredRow row(int hit, Projection projection) {
    return RowReader.read(view, locations[hit], projection, new RowCursor(schema));
  }

  @Override
  public void close() {
    view.lifetime().release();
  }
}
