package io.kindred.bench.search;

import io.kindred.bench.report.Samples;
import io.kindred.bench.vectors.ExactSearch;
import io.kindred.bench.vectors.Truth;
import io.kindred.engine.SearchResult;
import io.kindred.engine.filter.Filter;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// What one pass over all queries found, and how long each search took; one thread. Immutable.
final class Measurement {
  private final float[][] queries;
  private final long[][] found;
  private final int[] counts;
  private final Samples micros;
  private final double seconds;
  private final long visited;
  private final Map<String, Integer> paths;

  /// The filter of each query, or null for none.
  @FunctionalInterface
  interface Filters {
    Filters NONE = _ -> null;

    @Nullable Filter of(int query);
  }

  private Measurement(
      float[][] queries, long[][] found, int[] counts, double[] micros, Totals totals) {
    this.queries = queries;
    this.found = found;
    this.counts = counts;
    this.micros = new Samples(micros);
    this.seconds = totals.seconds();
    this.visited = totals.visited();
    this.paths = totals.paths();
  }

  private record Totals(double seconds, long visited, Map<String, Integer> paths) {}

  /// Searches with every query once.
  static Measurement of(SearchCall call, float[][] queries, Filters filters) {
    long[][] found = new long[queries.length][call.k()];
    int[] counts = new int[queries.length];
    double[] micros = new double[queries.length];
    Map<String, Integer> paths = new TreeMap<>();
    long visited = 0;
    long started = System.nanoTime();
    long before = started;
    for (int query = 0; query < queries.length; query++) {
      SearchResult result = call.search(queries[query], filters.of(query), found[query]);
      counts[query] = result.matches().size();
      visited += result.stats().visited();
      paths.merge(result.stats().path(), 1, Integer::sum);
      long after = System.nanoTime();
      micros[query] = (after - before) / 1e3;
      before = after;
    }
    return new Measurement(
        queries, found, counts, micros, new Totals((before - started) / 1e9, visited, paths));
  }

  /// The share of the true nearest rows that were found.
  double recall(ExactSearch exact, Truth truth) {
    long hits = 0;
    for (int query = 0; query < queries.length; query++) {
      hits += exact.hits(truth, query, queries[query], found[query], counts[query]);
    }
    return truth.size() == 0 ? 1 : (double) hits / truth.size();
  }

  /// Searches that returned fewer rows than there are to find.
  int shortResults(Truth truth) {
    int results = 0;
    for (int query = 0; query < queries.length; query++) {
      results += counts[query] < truth.rows()[query].length ? 1 : 0;
    }
    return results;
  }

  double perSecond() {
    return queries.length / seconds;
  }

  /// Of single searches.
  Samples micros() {
    return micros;
  }

  /// Vectors compared in a search, on average.
  double visited() {
    return (double) visited / queries.length;
  }

  /// How many searches took each path.
  Map<String, Integer> paths() {
    return paths;
  }
}
