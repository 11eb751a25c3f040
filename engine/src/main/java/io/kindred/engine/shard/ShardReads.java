package io.kindred.engine.shard;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.StoredRow;
import io.kindred.engine.hnsw.LiveGraph;
import io.kindred.engine.index.FlatScan;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.SearchTrace;
import io.kindred.engine.index.TopK;
import io.kindred.engine.segment.Base;
import io.kindred.engine.segment.Delta;
import io.kindred.engine.segment.KeyHash;
import io.kindred.engine.segment.Partitions;
import io.kindred.engine.segment.RowCursor;
import io.kindred.engine.segment.Rows;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Reads of one shard, without a lock. Thread-safe.
///
/// A read works on the view that it leased. Where it found a sign that the shard moved on
/// meanwhile, it looks again on the newer view; a search that found so a few times looks once more
/// while the shard stands still.
public final class ShardReads {
  private static final int ATTEMPTS_MAX = 4;
  private static final int SCANS_OF_ACTIVE_MAX = 64;

  private final Shard shard;

  public ShardReads(Shard shard) {
    this.shard = shard;
  }

  /// The row of a key, or null where there is none or it has expired.
  public @Nullable StoredRow get(Key key, Projection projection, long nowMillis) {
    long slotKey = KeyHash.slotKey(key);
    byte[] utf8 = key instanceof Key.Text text ? text.utf8() : null;
    while (true) {
      ShardView view = shard.acquire();
      try {
        long location = view.locate(slotKey, utf8);
        if (location != ShardView.NOWHERE) {
          Rows rows = view.rows(location);
          int ordinal = ShardView.ordinal(location);
          return rows.mayExpire() && rows.expiryMillis(ordinal) <= nowMillis
              ? null
              : RowReader.read(rows, ordinal, projection, new RowCursor(shard.schema()));
        }
        if (shard.isCurrent(view)) {
          return null;
        }
      } finally {
        view.lifetime().release();
      }
    }
  }

  /// The vector of a key's row, or null where there is none.
  public float @Nullable [] vector(Key key, int field, long nowMillis) {
    StoredRow row = get(key, Projection.VECTORS, nowMillis);
    return row == null ? null : row.vectors().get(shard.schema().vectorName(field));
  }

  /// The nearest rows. Never fewer than `min(k, rows that may match)`.
  public ShardHits search(ShardQuery query, SearchContext context, TopK nearest) {
    for (int attempt = 1; attempt < ATTEMPTS_MAX; attempt++) {
      ShardHits hits = trySearch(query, context, nearest);
      if (hits != null) {
        return hits;
      }
    }
    return shard.whileUnchanged(
        () -> {
          ShardHits hits = trySearch(query, context, nearest);
          if (hits == null) {
            throw contradiction();
          }
          return hits;
        });
  }

  /// While nothing moves, only damaged files make rows seem to.
  private KindredException contradiction() {
    return new KindredException(
        ErrorCode.CORRUPT,
        "table: %s has rows that its keys do not lead to (expected: each row once); check the data directory with `kindred verify`, and restore it from a backup"
            .formatted(shard.schema().spec().name()));
  }

  /// @return null where rows moved while they were looked for, so that one could be missing
  private @Nullable ShardHits trySearch(ShardQuery query, SearchContext context, TopK nearest) {
    ShardView view = shard.acquire();
    boolean isHandedOut = false;
    try {
      // The row before may just have been published, and what it replaced still be alive.
      long firstNew = ShardView.ACTIVE_PART | Math.max(0, view.active().size() - 1);
      NearestRows found = new NearestRows(query.k());
      SearchOfView search = new SearchOfView(view, query, context, nearest);
      IndexSearch.Path path = search.run(found);
      boolean isFull = found.count() == query.k();
      boolean isShort = found.removeReplaced(view, shard.schema(), firstNew) > 0 && isFull;
      if (isShort
          || !search.hasSeenAll
          || !shard.isCurrent(view)
          || found.hasActive(view, shard.schema(), query.exclude())) {
        return null;
      }
      isHandedOut = true;
      return new ShardHits(
          view, shard.schema(), found, new ShardHits.Way(path, search.visited, search.parts));
    } finally {
      if (!isHandedOut) {
        view.lifetime().release();
      }
    }
  }

  /// One pass over the parts of a view, oldest first.
  private static final class SearchOfView {
    private final ShardView view;
    private final ShardQuery query;
    private final SearchContext context;
    private final TopK nearest;
    private final List<ShardHits.Searched> parts = new ArrayList<>(0);
    private long visited;
    private boolean hasSeenAll = true;
    private IndexSearch.Path deltaPath = IndexSearch.Path.FLAT;

    SearchOfView(ShardView view, ShardQuery query, SearchContext context, TopK nearest) {
      this.view = view;
      this.query = query;
      this.context = context;
      this.nearest = nearest;
    }

    IndexSearch.Path run(NearestRows found) {
      IndexSearch.Path path = IndexSearch.Path.FLAT;
      Base base = view.base();
      if (base != null) {
        path = searchBase(base);
        visited += context.visitedCount();
        found.merge(nearest, ShardView.BASE_PART);
      }
      Delta frozen = view.frozen();
      if (frozen != null) {
        scan(frozen, "frozen", found);
        found.merge(nearest, ShardView.FROZEN_PART);
      }
      scan(view.active(), "active", found);
      found.merge(nearest, ShardView.ACTIVE_PART);
      return base == null ? deltaPath : path;
    }

    private IndexSearch.Path searchBase(Base base) {
      ShardQuery.OfPartition partition = query.partition();
      Partitions partitions = partition == null ? null : base.partitions();
      OrdinalList ofPartition =
          partition == null || partitions == null ? null : partitions.find(partition.value());
      if (partitions != null && ofPartition == null) {
        nearest.reset(query.k());
        context.begin(query.metric(), query.vector(), query.vector().length);
        explainNone(base);
        return IndexSearch.Path.PARTITION;
      }
      SearchTrace trace = query.isExplained() ? new SearchTrace() : null;
      context.traceTo(trace);
      IndexSearch search = base.search(query.field());
      try (RowPass pass = RowPass.ofBase(base, query, excluded(base), ofPartition)) {
        IndexSearch.Path path =
            search.search(
                new IndexSearch.Query(
                    query.vector(),
                    query.k(),
                    query.effort(),
                    pass.isAll() ? Pass.ALL : pass,
                    pass.passing(),
                    query.distanceMax()),
                context,
                nearest);
        if (trace != null) {
          parts.add(
              new ShardHits.Searched(
                  "base", path, base.size(), context.visitedCount(), 0, trace, filterState(pass)));
        }
        return path;
      } finally {
        context.traceTo(null);
      }
    }

    private @Nullable String filterState(RowPass pass) {
      return query.filter() == null ? null : pass.filterState();
    }

    private void explainNone(Base base) {
      if (query.isExplained()) {
        parts.add(
            new ShardHits.Searched(
                "base", IndexSearch.Path.PARTITION, base.size(), 0, 0, null, null));
      }
    }

    /// @param found in older parts: what is farther than all of these is no match
    private void scan(Delta delta, String part, NearestRows found) {
      long started = query.isExplained() ? System.nanoTime() : 0;
      float distanceMax = Math.min(query.distanceMax(), found.farthest());
      nearest.reset(query.k(), distanceMax);
      int to = delta.size();
      if (to == 0) {
        return;
      }
      long visitedBefore = visited;
      int from = searchLinked(delta, found.isFull() ? expectedIn(delta) : query.k(), distanceMax);
      float[] prepared =
          context.begin(
              query.metric(), query.vector(), query.schema().vectorSpec(query.field()).dimension());
      FlatScan scan = new FlatScan(query.metric(), delta.vectors(query.field()));
      // A row that died while it was passed by lives on at the end: look until there is no more.
      for (int i = 0; i < SCANS_OF_ACTIVE_MAX && from < to; i++) {
        try (RowPass pass = RowPass.ofDelta(delta, query, excluded(delta))) {
          scan.scan(prepared, from, to, pass, context, nearest);
        }
        from = to;
        to = delta.size();
      }
      hasSeenAll &= from == to;
      visited += context.visitedCount();
      if (query.isExplained()) {
        parts.add(
            new ShardHits.Searched(
                part,
                null,
                from,
                visited - visitedBefore,
                System.nanoTime() - started,
                null,
                query.filter() == null ? null : "tested"));
      }
    }

    /// Searches the rows of a delta that are linked; the others are compared one by one.
    ///
    /// @param wanted how many of the nearest rows are probably among them
    /// @return how many rows it has dealt with
    private int searchLinked(Delta delta, int wanted, float distanceMax) {
      LiveGraph graph = delta.graph(query.field());
      if (graph == null || query.effort() instanceof Effort.Exact) {
        return 0;
      }
      LiveGraph.Snapshot linked = graph.snapshot();
      int rowCount = linked.rowCount();
      if (rowCount == 0) {
        return 0;
      }
      IndexSearch search =
          new IndexSearch(linked, query.metric(), delta.vectors(query.field()), rowCount);
      try (RowPass pass = RowPass.ofDelta(delta, query, excluded(delta))) {
        deltaPath =
            search.search(
                new IndexSearch.Query(
                    query.vector(),
                    query.k(),
                    effort(linked, wanted),
                    pass.isAll() ? Pass.ALL : pass,
                    pass.passing(),
                    distanceMax),
                context,
                nearest);
      }
      visited += context.visitedCount();
      return rowCount;
    }

    /// How many of the nearest rows are probably in a delta: twice its share of the rows, and a
    /// few.
    private int expectedIn(Delta delta) {
      Base base = view.base();
      Delta frozen = view.frozen();
      long all = view.active().size();
      all += base == null ? 0 : base.size();
      all += frozen == null ? 0 : frozen.size();
      return (int) Math.min(query.k(), 2 + 2L * query.k() * delta.size() / Math.max(1, all));
    }

    private Effort effort(LiveGraph.Snapshot linked, int wanted) {
      return switch (query.effort()) {
        case Effort.Recall(double value) -> beam(linked, value, wanted);
        // What is probed are the lists of a base; a delta has none.
        case Effort.Probes _ -> beam(linked, Effort.Recall.DEFAULT.value(), wanted);
        case Effort.BeamWidth _, Effort.Exact _ -> query.effort();
      };
    }

    private Effort beam(LiveGraph.Snapshot linked, double recall, int wanted) {
      return new Effort.BeamWidth(Math.max(query.k(), linked.efFor(recall, wanted)));
    }

    private int[] excluded(Rows rows) {
      List<Key> keys = query.exclude();
      int[] ordinals = new int[keys.size()];
      int count = 0;
      for (Key key : keys) {
        int ordinal =
            rows.find(KeyHash.slotKey(key), key instanceof Key.Text text ? text.utf8() : null);
        if (ordinal >= 0) {
          ordinals[count++] = ordinal;
        }
      }
      int[] sorted = Arrays.copyOf(ordinals, count);
      Arrays.sort(sorted);
      return sorted;
    }
  }
}
