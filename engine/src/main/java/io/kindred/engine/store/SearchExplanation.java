package io.kindred.engine.store;

import io.kindred.engine.Explanation;
import io.kindred.engine.SearchResult;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.SearchTrace;
import io.kindred.engine.shard.ShardHits;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Tells how a search found its matches, from what the shards wrote down.
///
/// @param hits of each shard, in their order
record SearchExplanation(List<ShardHits> hits) {
  private static final String NO_ROW = "no row of the base has the partition's value";
  private static final String SCANNED = "rows that are not in the base yet are compared one by one";

  /// The result with its explanation. The times are those of `System.nanoTime`.
  SearchResult of(SearchResult result, long started, long checked, long searched) {
    List<Explanation.Part> parts = new ArrayList<>();
    for (int shard = 0; shard < hits.size(); shard++) {
      for (ShardHits.Searched searchedPart : hits.get(shard).way().parts()) {
        parts.add(part(shard, searchedPart));
      }
    }
    return new SearchResult(
        result.matches(),
        result.stats(),
        new Explanation(
            parts, checked - started, searched - checked, System.nanoTime() - searched));
  }

  private static Explanation.Part part(int shard, ShardHits.Searched part) {
    IndexSearch.Path path = part.path();
    SearchTrace trace = part.trace();
    if (trace == null || path == null) {
      return new Explanation.Part(
          shard,
          part.part(),
          path == null ? "scan" : name(path),
          path == null ? SCANNED : NO_ROW,
          part.rows(),
          path == null ? part.rows() : 0,
          null,
          part.visited(),
          part.visited(),
          null,
          filter(part.filterState(), 0),
          List.of(),
          List.of(),
          0,
          part.scanNanos());
    }
    boolean hasWalked = trace.breadth() > 0 && isWalk(trace.path());
    return new Explanation.Part(
        shard,
        part.part(),
        name(path),
        trace.reason(),
        part.rows(),
        trace.candidates(),
        trace.estimatedPassing() < 0 ? null : Math.round(trace.estimatedPassing()),
        hasWalked ? null : part.visited(),
        part.visited(),
        hasWalked ? new Explanation.Breadth(trace.breadth(), trace.breadthFrom()) : null,
        filter(part.filterState(), trace.madeBitsNanos()),
        trace.rungs().stream()
            .map(rung -> new Explanation.Rung(name(rung.path()), Math.round(rung.nanos())))
            .toList(),
        trace.fallbacks(),
        trace.choosingNanos(),
        trace.searchNanos());
  }

  private static Explanation.@Nullable FilterWork filter(@Nullable String state, long makingNanos) {
    return state == null ? null : new Explanation.FilterWork(state, makingNanos);
  }

  private static boolean isWalk(IndexSearch.@Nullable Path path) {
    return path == IndexSearch.Path.GRAPH
        || path == IndexSearch.Path.PARTITION_GRAPH
        || path == IndexSearch.Path.FILTERED_GRAPH
        || path == IndexSearch.Path.LISTS;
  }

  /// As `stats.path` has it.
  static String name(IndexSearch.Path path) {
    return path.name().toLowerCase(Locale.ROOT);
  }
}
