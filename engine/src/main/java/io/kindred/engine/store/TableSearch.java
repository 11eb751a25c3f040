package io.kindred.engine.store;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.SearchRequest.Target;
import io.kindred.engine.SearchResult;
import io.kindred.engine.SearchResult.Match;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.filter.BoundFilter;
import io.kindred.engine.filter.Filter;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.SearchContexts;
import io.kindred.engine.index.TopK;
import io.kindred.engine.segment.KeyHash;
import io.kindred.engine.segment.RowEncoder;
import io.kindred.engine.segment.Schema;
import io.kindred.engine.shard.Shard;
import io.kindred.engine.shard.ShardHits;
import io.kindred.engine.shard.ShardQuery;
import io.kindred.engine.shard.ShardReads;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Checks a search request against a table, asks the shards, and merges what they found. Owned by
/// one thread, for one search.
final class TableSearch {
  private final OpenTable table;
  private final Schema schema;
  private final SearchContexts contexts;
  private final long nowMillis;

  TableSearch(OpenTable table, SearchContexts contexts, long nowMillis) {
    this.table = table;
    this.schema = table.schema();
    this.contexts = contexts;
    this.nowMillis = nowMillis;
  }

  SearchResult search(SearchRequest request) {
    long started = System.nanoTime();
    requireLimits(request);
    ShardQuery query = query(request);
    long checked = request.isExplained() ? System.nanoTime() : 0;
    List<ShardHits> hits = new ArrayList<>();
    SearchContext context = acquireContext();
    try {
      TopK nearest = new TopK();
      for (Shard shard : table.shards()) {
        hits.add(new ShardReads(shard).search(query, context, nearest));
      }
      long searched = request.isExplained() ? System.nanoTime() : 0;
      SearchResult result = new Merging(request, query, hits).result(started);
      return request.isExplained()
          ? new SearchExplanation(hits).of(result, started, checked, searched)
          : result;
    } finally {
      contexts.release(context);
      hits.forEach(ShardHits::close);
    }
  }

  private SearchContext acquireContext() {
    try {
      return contexts.acquire();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new KindredException(ErrorCode.NOT_READY, "search: interrupted while waiting", e);
    }
  }

  private void requireLimits(SearchRequest request) {
    if (request.k() < 1 || request.k() > Limits.K_MAX) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "k", request.k(), "1 to " + Limits.K_MAX);
    }
    if (request.exclude().size() > Limits.EXCLUDED_KEYS_MAX) {
      throw KindredException.of(
          ErrorCode.TOO_LARGE,
          "exclude",
          request.exclude().size() + " ids",
          "at most " + Limits.EXCLUDED_KEYS_MAX);
    }
    switch (request.effort()) {
      case Effort.Recall(double value) -> {
        if (!(value > 0 && value < 1)) {
          throw KindredException.of(
              ErrorCode.INVALID_ARGUMENT, "recall", value, "above 0 and below 1");
        }
      }
      case Effort.BeamWidth(int ef) -> {
        if (ef < 1 || ef > Limits.EF_MAX) {
          throw KindredException.of(ErrorCode.INVALID_ARGUMENT, "ef", ef, "1 to " + Limits.EF_MAX);
        }
      }
      case Effort.Probes(int nprobe) -> {
        if (nprobe < 1 || nprobe > IndexSpec.Ivf.LISTS_MAX) {
          throw KindredException.of(
              ErrorCode.INVALID_ARGUMENT, "nprobe", nprobe, "1 to " + IndexSpec.Ivf.LISTS_MAX);
        }
      }
      case Effort.Exact() -> {}
    }
    Float minScore = request.minScore();
    if (minScore != null && !Float.isFinite(minScore)) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, "min_score", minScore, "a finite number");
    }
    String version = request.version();
    String live = version(table);
    if (version != null && !version.equals(live)) {
      throw KindredException.of(
          ErrorCode.VERSION_NOT_FOUND,
          "version",
          version,
          "one of [" + live + "], table: " + table.name());
    }
    request.exclude().forEach(key -> Schema.requireKeyType(schema.spec(), key));
  }

  /// The name of a table's live version.
  static String version(OpenTable table) {
    return "v" + table.entry().version();
  }

  private ShardQuery query(SearchRequest request) {
    int field = schema.vectorIndexOrOnly(request.field());
    VectorSpec spec = schema.vectorSpec(field);
    requireEffortOfIndex(request.effort(), schema.vectorName(field), spec.index());
    List<Key> exclude = request.exclude();
    float[] vector;
    switch (request.target()) {
      case Target.Vector(float[] values) -> {
        RowEncoder.requireVector(values, schema.vectorName(field), spec);
        vector = values;
      }
      case Target.StoredKey(Key key) -> {
        vector = storedVector(key, field);
        exclude = new ArrayList<>(exclude);
        exclude.add(key);
      }
    }
    BoundFilter ofRows = filter(request.filter());
    String partition = request.partition();
    return new ShardQuery(
        schema,
        field,
        vector,
        request.k(),
        partition == null ? ofRows : filter(withPartition(request.filter(), partition)),
        partition == null
            ? null
            : new ShardQuery.OfPartition(partition.getBytes(StandardCharsets.UTF_8), ofRows),
        exclude,
        request.bloom(),
        distanceMax(request.minScore(), spec.metric()),
        request.effort(),
        request.isExplained(),
        nowMillis);
  }

  private static float distanceMax(@Nullable Float minScore, Metric metric) {
    if (minScore == null) {
      return Float.POSITIVE_INFINITY;
    }
    return metric.isSimilarity() ? 0f - minScore : minScore;
  }

  /// A width of search that the field's index does not have is the caller's mistake.
  private static void requireEffortOfIndex(Effort effort, String field, IndexSpec index) {
    boolean hasLists = index instanceof IndexSpec.Ivf;
    if (effort instanceof Effort.BeamWidth(int ef) && hasLists) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "ef",
          ef,
          "nprobe or recall, as the index of field " + field + " has lists and no graph");
    }
    if (effort instanceof Effort.Probes(int nprobe) && !hasLists) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "nprobe",
          nprobe,
          "ef or recall, as the index of field " + field + " has no lists");
    }
  }

  private float[] storedVector(Key key, int field) {
    Schema.requireKeyType(schema.spec(), key);
    List<Shard> shards = table.shards();
    Shard shard = shards.get(KeyHash.shard(KeyHash.slotKey(key), shards.size()));
    float[] vector = new ShardReads(shard).vector(key, field, nowMillis);
    if (vector == null) {
      throw new KindredException(
          ErrorCode.ROW_NOT_FOUND,
          "id: %s (expected: a stored row with a vector, table: %s, field: %s)"
              .formatted(key, table.name(), schema.vectorName(field)));
    }
    return vector;
  }

  private @Nullable BoundFilter filter(@Nullable Filter filter) {
    return filter == null ? null : BoundFilter.bind(filter, schema.spec());
  }

  private Filter withPartition(@Nullable Filter filter, String partition) {
    String field = schema.spec().partitionBy();
    if (field == null) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT,
          "partition",
          partition,
          "no partition: table " + table.name() + " has no partition_by");
    }
    Filter ofPartition = new Filter.Eq(field, Value.of(partition));
    return filter == null ? ofPartition : new Filter.And(List.of(ofPartition, filter));
  }

  /// Makes one list of what the shards found.
  private final class Merging {
    private final SearchRequest request;
    private final Metric metric;
    private final List<ShardHits> hits;

    Merging(SearchRequest request, ShardQuery query, List<ShardHits> hits) {
      this.request = request;
      this.metric = schema.vectorSpec(query.field()).metric();
      this.hits = hits;
    }

    SearchResult result(long startedNanos) {
      List<Match> matches = new ArrayList<>(request.k());
      int[] next = new int[hits.size()];
      while (matches.size() < request.k()) {
        int nearest = nearest(next);
        if (nearest < 0) {
          break;
        }
        ShardHits shard = hits.get(nearest);
        float score = score(shard.distance(next[nearest]));
        matches.add(new Match(score, shard.row(next[nearest]++, request.projection())));
      }
      return new SearchResult(matches, stats(startedNanos), null);
    }

    /// The shard whose next hit is the nearest of all, or -1 when there is none.
    private int nearest(int[] next) {
      int best = -1;
      for (int i = 0; i < next.length; i++) {
        ShardHits candidate = hits.get(i);
        if (next[i] < candidate.count()
            && (best < 0 || candidate.distance(next[i]) < hits.get(best).distance(next[best]))) {
          best = i;
        }
      }
      return best;
    }

    private float score(float distance) {
      // Not the negation of zero, which prints as -0.0.
      return metric.isSimilarity() ? 0f - distance : distance;
    }

    private SearchResult.Stats stats(long startedNanos) {
      long visited = 0;
      IndexSearch.Path path = IndexSearch.Path.FLAT;
      for (ShardHits shard : hits) {
        visited += shard.way().visited();
        if (shard.way().path().compareTo(path) > 0) {
          path = shard.way().path();
        }
      }
      return new SearchResult.Stats(
          visited, path.label(), System.nanoTime() - startedNanos, version(table));
    }
  }
}
