package io.kindred.engine.index;

import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.vector.VectorRows;
import java.util.Locale;

/// A search that is never short: it finds `min(k, passing)` rows at any filter and after any number
/// of deletes. It goes the way that [PathChooser] chose, and on to an exact one where that did not
/// find enough.
///
/// Thread-safe; lives as long as its index and rows.
public final class IndexSearch {
  /// A walk of so many times the expected visits met the rows that pass behind others.
  private static final double HARD_WALK = 3;

  /// How much wider the beam of a second walk is then.
  private static final int WIDENING = 4;

  private final VectorIndex index;
  private final Metric metric;
  private final VectorRows rows;
  private final int rowCount;
  private final PathChooser chooser;
  private final FlatScan scan;

  /// How a search found its rows, from the quickest to the most thorough.
  public enum Path {
    /// The index is exact.
    FLAT,
    /// A walk of a graph, through rows that do not match too.
    GRAPH,
    /// A walk of the partition's own graph.
    PARTITION_GRAPH,
    /// A walk of a graph that asks the filter's bits before it compares, and goes around rows that
    /// do not match.
    FILTERED_GRAPH,
    /// The nearest lists of an inverted file.
    LISTS,
    /// The codes of the rows that the filter's bits or the partition name, one by one, and the
    /// nearest of these rows.
    CODES,
    /// The rows of the partition, one by one.
    PARTITION,
    /// The rows that the filter's bits name, one by one.
    MATCHING,
    /// All passing rows were compared: asked for, or an index was not worth it, or not enough.
    EXACT;

    private final String label = name().toLowerCase(Locale.ROOT);

    /// As users read it.
    public String label() {
      return label;
    }
  }

  /// What is known of what a pass has to test, besides its bits and list.
  public enum Passing {
    /// Nothing: the pass is [Pass#ALL], or as its bits say.
    ALL,
    /// Rows that are deleted, expired or excluded do not; that is most often few of them.
    LIVE,
    /// A filter decides: any share may pass.
    FILTERED
  }

  /// What is asked for. Immutable.
  ///
  /// @param query as given by the user, with the rows' dimension
  /// @param distanceMax what is farther is no match; infinite where all distances are near enough
  public record Query(
      float[] query, int k, Effort effort, Pass pass, Passing passing, float distanceMax) {
    public Query(float[] query, int k, Effort effort, Pass pass, Passing passing) {
      this(query, k, effort, pass, passing, Float.POSITIVE_INFINITY);
    }
  }

  /// @param rowCount ordinals `[0, rowCount)` are searched
  public IndexSearch(VectorIndex index, Metric metric, VectorRows rows, int rowCount) {
    this.index = index;
    this.metric = metric;
    this.rows = rows;
    this.rowCount = rowCount;
    scan = new FlatScan(metric, rows);
    chooser = new PathChooser(index, rows.dimension(), rowCount);
  }

  /// Finds the nearest passing rows; the context then knows how many were compared.
  ///
  /// The distance bound cuts what a walk found like the number of rows does: within it, rows are
  /// found with the recall that was asked for.
  ///
  /// @param into emptied first, to keep the query's k
  public Path search(Query query, SearchContext context, TopK into) {
    into.reset(query.k(), query.distanceMax());
    float[] prepared = context.begin(metric, query.query(), rows.dimension());
    SearchTrace trace = context.trace();
    long started = trace == null ? 0 : System.nanoTime();
    Path path = chooser.choose(query, context);
    long chosen = trace == null ? 0 : System.nanoTime();
    Path taken = run(path, prepared, query, context, into);
    context.tested.of(Pass.ALL);
    if (trace != null) {
      trace.took(chosen - started - trace.madeBitsNanos(), System.nanoTime() - chosen);
    }
    return taken;
  }

  private Path run(Path path, float[] prepared, Query query, SearchContext context, TopK into) {
    switch (path) {
      case FLAT, PARTITION, MATCHING, EXACT -> {
        exact(prepared, query, context, into);
        return path;
      }
      case CODES -> {
        if (scanCodes(prepared, query, context, into)) {
          return path;
        }
      }
      case GRAPH, PARTITION_GRAPH, FILTERED_GRAPH, LISTS -> {
        // Only a pass that shows its bits is asked before a row is compared.
        Pass pass = context.asksBits ? query.pass() : context.tested.of(query.pass());
        walk(prepared, query, pass, context, into);
        if (isEnough(into, context)) {
          return PathChooser.walkPath(chooser.walked(query.pass()), context.goesAround);
        }
        traceTooFew(context, into);
        if (context.fallback == Path.CODES && scanCodes(prepared, query, context, into)) {
          return Path.CODES;
        }
      }
    }
    exact(prepared, query, context, into);
    return Path.EXACT;
  }

  private static void traceTooFew(SearchContext context, TopK into) {
    if (context.trace() != null) {
      trace(
          context,
          context.hasGivenUp
              ? "so few rows pass near the query that a walk takes longer than an exact search"
              : "the index found " + into.size() + " of " + into.k() + " rows");
    }
  }

  /// @return whether enough of the rows that are nearest by their codes pass
  private boolean scanCodes(float[] prepared, Query query, SearchContext context, TopK into) {
    into.reset(into.k(), into.distanceMax());
    context.hasGivenUp = false;
    context.passFraction = context.namedFraction;
    long comparedBefore = context.visitedCount;
    long started = System.nanoTime();
    index.scanCodes(prepared, context.breadth, query.pass(), context, into);
    long nanos = System.nanoTime() - started;
    chooser.learnScan(query.pass(), nanos, context.visitedCount - comparedBefore);
    if (context.hasGivenUp) {
      trace(context, "too few of the rows with the nearest codes pass");
    }
    return !context.hasGivenUp;
  }

  /// Whether a walk found all that was asked for. Where rows beyond the greatest distance were
  /// found, those within it were found before them.
  private static boolean isEnough(TopK into, SearchContext context) {
    if (context.hasGivenUp) {
      return false;
    }
    return into.isFull()
        || (into.distanceMax() < Float.POSITIVE_INFINITY
            && context.passingInBeam > into.size()
            && context.passingInBeam >= into.k());
  }

  /// @param pass the query's, which shows its bits where they are to be asked
  private void walk(float[] prepared, Query query, Pass pass, SearchContext context, TopK into) {
    VectorIndex walked = chooser.walked(query.pass());
    boolean isFiltered = query.passing() != Passing.ALL || query.pass().bits() != null;
    long started = isFiltered ? 0 : System.nanoTime();
    walked.search(prepared, context.breadth, pass, context, into);
    if (!PathChooser.isGraph(walked)) {
      return;
    }
    if (!isFiltered) {
      chooser.learnWalk(walked, System.nanoTime() - started, context);
      return;
    }
    if (context.hasFewPassing) {
      walkOn(prepared, walked, pass, context, into);
    }
    // A walk through bits is as wide as it found that it has to be.
    boolean isTuned = !context.asksBits || context.goesAround;
    if (isTuned
        && !context.hasGivenUp
        && context.visitedCount > HARD_WALK * context.expectedVisits) {
      widen(prepared, walked, pass, context, into);
    }
  }

  /// Near the query fewer rows pass than elsewhere: looks on until enough of them do.
  private void walkOn(
      float[] prepared, VectorIndex walked, Pass pass, SearchContext context, TopK into) {
    double beam = context.breadth / context.passFraction;
    double share = Math.min(1, Math.max(0.5, context.passingInBeam) / beam);
    double visits = chooser.expectedVisits(walked, share, context.goesAround, context);
    if (visits * context.visitNanos >= context.exactNanos) {
      context.hasGivenUp = true;
      return;
    }
    trace(context, "fewer rows pass near the query than elsewhere: walked on until enough did");
    into.reset(into.k(), into.distanceMax());
    context.passFraction = SearchContext.FRACTION_UNKNOWN;
    walked.search(prepared, context.breadth, pass, context, into);
  }

  /// What was found took far more of a walk than elsewhere: it lies behind many rows that do not
  /// pass, and the recall of a walk from among these is not the one that was tuned.
  private void widen(
      float[] prepared, VectorIndex walked, Pass pass, SearchContext context, TopK into) {
    double visits = context.visitedCount * WIDENING;
    if (visits * context.visitNanos >= context.exactNanos) {
      context.hasGivenUp = true;
      return;
    }
    trace(context, "many rows near the query do not pass: walked with a wider beam");
    into.reset(into.k(), into.distanceMax());
    context.visitBudget += context.visitedCount;
    int breadth = (int) Math.min(Limits.EF_MAX, (long) context.breadth * WIDENING);
    walked.search(prepared, breadth, pass, context, into);
  }

  private static void trace(SearchContext context, String why) {
    if (context.trace() != null) {
      context.trace().fellBack(why);
    }
  }

  private void exact(float[] prepared, Query query, SearchContext context, TopK into) {
    into.reset(into.k(), into.distanceMax());
    Pass pass = query.pass();
    OrdinalList list = pass.list();
    if (list != null && pass.bits() == null) {
      scan.scan(prepared, list, pass, context, into);
    } else {
      scan.scan(prepared, 0, rowCount, pass, context, into);
    }
  }
}
