package io.kindred.engine.index;

import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.VectorRows;

/// A search that is never short: it finds `min(k, passing)` rows at any filter and after any number
/// of deletes, by comparing every row where the graph is not worth it or did not find enough.
///
/// Immutable, thread-safe; lives as long as its index and rows.
public final class IndexSearch {
  /// Up to as many rows, a scan is as quick as a walk.
  private static final int SMALL_ROWS = 2_000;

  private static final int SAMPLES_LIVE = 64;
  private static final int SAMPLES_FILTER = 512;

  /// Rows that a walk compares for each place in its beam, about.
  private static final double VISITS_PER_WIDTH = 12;

  /// Costs of reading a row in order and of asking the pass, against a row reached by a walk.
  private static final double SCAN_COST = 0.35;

  private static final double PASS_COST = 0.2;

  private final VectorIndex index;
  private final Metric metric;
  private final VectorRows rows;
  private final int rowCount;
  private final FlatScan scan;

  /// How a search found its rows.
  public enum Path {
    /// The index is exact.
    FLAT,
    GRAPH,
    /// The lists of the nearest centroids were scanned.
    LISTS,
    /// All passing rows were compared: asked for, or the graph was not worth it, or not enough.
    EXACT
  }

  /// What is known of a pass.
  public enum Passing {
    /// Every row passes: the pass is [Pass#ALL].
    ALL,
    /// Rows that are deleted, expired or excluded do not; that is most often few of them.
    LIVE,
    /// A filter decides: any share may pass.
    FILTERED
  }

  /// What is asked for. Immutable.
  ///
  /// @param query as given by the user, with the rows' dimension
  public record Query(float[] query, int k, Effort effort, Pass pass, Passing passing) {}

  /// @param rowCount ordinals `[0, rowCount)` are searched
  public IndexSearch(VectorIndex index, Metric metric, VectorRows rows, int rowCount) {
    this.index = index;
    this.metric = metric;
    this.rows = rows;
    this.rowCount = rowCount;
    scan = new FlatScan(Kernel.of(metric), rows);
  }

  /// Finds the nearest passing rows; the context then knows how many were compared.
  ///
  /// @param into emptied first, to keep the query's k
  public Path search(Query query, SearchContext context, TopK into) {
    into.reset(query.k());
    float[] prepared = context.begin(metric, query.query(), rows.dimension());
    if (index instanceof FlatIndex) {
      index.search(prepared, query.k(), query.pass(), context, into);
      return Path.FLAT;
    }
    int ef = ef(query);
    if (ef == 0 || rowCount <= SMALL_ROWS) {
      return exact(prepared, query, context, into);
    }
    if (index.widensByItself()) {
      index.search(prepared, ef, query.pass(), context, into);
      return into.isFull() ? Path.LISTS : exact(prepared, query, context, into);
    }
    // The graph holds only rows that have a vector, and those that have none do not pass.
    double passing = passFraction(query) * rowCount;
    double linked = index.linkedCount();
    double fraction = Math.min(1, passing / Math.max(1.0, linked));
    double visits = Math.min(linked, ef * VISITS_PER_WIDTH / fraction);
    double walkCost = visits * (1 + PASS_COST);
    double scanCost = rowCount * PASS_COST + passing * SCAN_COST;
    if (scanCost < walkCost) {
      return exact(prepared, query, context, into);
    }
    context.passFraction = fraction;
    context.visitBudget = (long) (2 * scanCost);
    walk(prepared, ef, query, context, into);
    return into.isFull() && !context.hasGivenUp
        ? Path.GRAPH
        : exact(prepared, query, context, into);
  }

  /// The beam width or number of lists, or 0 for an exact search.
  private int ef(Query query) {
    return switch (query.effort()) {
      case Effort.Recall recall -> {
        int ef = index.efFor(recall.value(), query.k());
        yield index.widensByItself() ? ef : Math.max(query.k(), ef);
      }
      case Effort.BeamWidth width -> Math.max(query.k(), width.ef());
      case Effort.Probes(int nprobe) -> nprobe;
      case Effort.Exact() -> 0;
    };
  }

  private void walk(float[] prepared, int ef, Query query, SearchContext context, TopK into) {
    index.search(prepared, ef, query.pass(), context, into);
    if (query.passing() != Passing.ALL && context.passingInBeam < ef / 2) {
      // Near the query fewer rows pass than elsewhere: look on until enough of them do.
      into.reset(into.k());
      context.passFraction = SearchContext.FRACTION_UNKNOWN;
      index.search(prepared, ef, query.pass(), context, into);
    }
  }

  private Path exact(float[] prepared, Query query, SearchContext context, TopK into) {
    into.reset(into.k());
    scan.scan(prepared, 0, rowCount, query.pass(), context, into);
    return Path.EXACT;
  }

  /// The share of rows that passes, judged by some of them; never 0.
  private double passFraction(Query query) {
    int samples =
        switch (query.passing()) {
          case ALL -> 0;
          case LIVE -> SAMPLES_LIVE;
          case FILTERED -> SAMPLES_FILTER;
        };
    if (samples == 0) {
      return 1;
    }
    int passed = 0;
    for (int i = 0; i < samples; i++) {
      // Spread over all rows, so that a run of equal ones does not decide.
      long ordinal = (long) ((i + 0.5) / samples * rowCount);
      passed += query.pass().test((int) ordinal) ? 1 : 0;
    }
    return Math.max(0.5, passed) / samples;
  }
}
