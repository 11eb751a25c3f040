package io.kindred.engine.index;

import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.VectorRows;

/// A search that is never short: it finds `min(k, passing)` rows at any filter and after any number
/// of deletes. It weighs what each way to search would take, takes the cheapest, and goes on to an
/// exact one where that did not find enough.
///
/// Immutable, thread-safe; lives as long as its index and rows.
public final class IndexSearch {
  /// Up to as many rows, a scan is as quick as a walk.
  private static final int SMALL_ROWS = 2_000;

  /// Up to this share of passing rows a walk asks the filter's bits before it compares, and goes
  /// around rows that do not pass; above, it goes through them.
  private static final double BITS_SHARE_MAX = 0.35;

  /// Samples that judge a share: as many as it takes to see enough rows that pass.
  private static final int SAMPLES_MAX = 512;

  private static final int SAMPLES_LIVE_MAX = 64;
  private static final int SAMPLES_PASSED_ENOUGH = 24;

  private final VectorIndex index;
  private final Metric metric;
  private final VectorRows rows;
  private final int rowCount;
  private final FlatScan scan;

  /// How a search found its rows, from the quickest to the most thorough.
  public enum Path {
    /// The index is exact.
    FLAT,
    /// A walk of a graph.
    GRAPH,
    /// A walk of a graph that asks the filter's bits before it compares.
    FILTERED_GRAPH,
    /// The nearest lists of an inverted file.
    LISTS,
    /// The rows of the partition, one by one.
    PARTITION,
    /// The rows that the filter's bits name, one by one.
    MATCHING,
    /// All passing rows were compared: asked for, or an index was not worth it, or not enough.
    EXACT
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
    scan = new FlatScan(Kernel.of(metric), rows);
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
    Path path = choose(query, context);
    if (trace == null) {
      return run(path, prepared, query, context, into);
    }
    long chosen = System.nanoTime();
    Path taken = run(path, prepared, query, context, into);
    trace.took(chosen - started - trace.madeBitsNanos(), System.nanoTime() - chosen);
    return taken;
  }

  /// Weighs the ways, and leaves in the context what the walk needs to know.
  private Path choose(Query query, SearchContext context) {
    boolean mayWalk = mayWalk(query);
    Passing left = query.passing();
    Path path = choose(query, left, mayWalk, context);
    if (context.rentNanos > 0) {
      SearchTrace trace = context.trace();
      long started = trace == null ? 0 : System.nanoTime();
      Passing leftOfBits = query.pass().makeBits(context.rentNanos);
      if (leftOfBits != null) {
        if (trace != null) {
          trace.madeBits(System.nanoTime() - started);
        }
        path = choose(query, leftOfBits, mayWalk, context);
      }
    }
    return path;
  }

  private boolean mayWalk(Query query) {
    return !(index instanceof FlatIndex)
        && !(query.effort() instanceof Effort.Exact)
        && rowCount > SMALL_ROWS;
  }

  private Path choose(Query query, Passing left, boolean mayWalk, SearchContext context) {
    Pass pass = query.pass();
    PassBits bits = pass.bits();
    OrdinalList list = pass.list();
    int candidates = bits != null ? bits.cardinality() : list != null ? list.count() : rowCount;
    boolean isNarrowed = bits != null || list != null;
    int dimension = rows.dimension();
    SearchTrace trace = context.trace();
    double testNanos = testNanos(pass, left, isNarrowed);
    if (!mayWalk) {
      context.rentNanos = left == Passing.FILTERED && bits == null ? candidates * testNanos : 0;
      if (trace != null) {
        trace.choosing(candidates, -1);
        trace.rung(exactPath(query), candidates * (testNanos + SearchCosts.scanNanos(dimension)));
        trace.chosen(exactPath(query), whyExact(query));
      }
      return exactPath(query);
    }
    double passing = candidates * passFraction(pass, left, candidates);
    double exactNanos =
        candidates * testNanos
            + passing
                * (isNarrowed
                    ? SearchCosts.listedNanos(dimension)
                    : SearchCosts.scanNanos(dimension))
            + (bits == null ? 0 : rowCount * SearchCosts.BIT_NANOS);
    // An index holds only rows that have a vector, and those that have none do not pass.
    double linked = Math.max(1.0, (double) index.linkedCount());
    double share = Math.min(1, passing / linked);
    int breadth = breadth(query);
    double visits = index.visitsFor(breadth, Math.max(share, Double.MIN_NORMAL), bits != null);
    double visitNanos = SearchCosts.walkNanos(dimension) + SearchCosts.LIVE_NANOS;
    double testedVisitNanos =
        visitNanos + (left == Passing.FILTERED ? SearchCosts.TEST_ANYWHERE_NANOS : 0);
    double walkNanos = visits * testedVisitNanos;
    // Rows of a partition can be walked to only by their bits.
    boolean needsBits = list != null && bits == null;
    boolean isExact = needsBits || exactNanos < walkNanos;
    Path walkPath = walkPath(bits, share);
    double chosenNanos = isExact ? exactNanos : walkNanos;
    double withBitsNanos =
        Math.min(
            passing * SearchCosts.listedNanos(dimension) + rowCount * SearchCosts.BIT_NANOS,
            index.visitsFor(breadth, Math.max(share, Double.MIN_NORMAL), true) * visitNanos);
    context.rentNanos = bits == null ? Math.max(0, chosenNanos - withBitsNanos) : 0;
    context.passFraction = share;
    context.visitBudget = (long) (2 * exactNanos / SearchCosts.walkNanos(dimension)) + breadth;
    context.breadth = breadth;
    context.exactNanos = exactNanos;
    context.visitNanos = testedVisitNanos;
    if (trace != null) {
      trace.choosing(candidates, passing);
      trace.breadth(breadth, breadthFrom(query));
      trace.rung(exactPath(query), exactNanos);
      if (!needsBits) {
        trace.rung(walkPath, walkNanos);
      }
      trace.chosen(isExact ? exactPath(query) : walkPath, "the least expected time");
    }
    return isExact ? exactPath(query) : walkPath;
  }

  /// Time to ask the pass of one candidate, in order.
  private static double testNanos(Pass pass, Passing left, boolean isNarrowed) {
    return switch (left) {
      case ALL, LIVE -> SearchCosts.LIVE_NANOS;
      case FILTERED -> isNarrowed ? SearchCosts.TEST_ANYWHERE_NANOS : pass.testNanos();
    };
  }

  private Path walkPath(@org.jspecify.annotations.Nullable PassBits bits, double share) {
    Path path = index.path();
    return path == Path.GRAPH && bits != null && share <= BITS_SHARE_MAX
        ? Path.FILTERED_GRAPH
        : path;
  }

  private Path exactPath(Query query) {
    if (index instanceof FlatIndex && query.pass().list() == null) {
      return Path.FLAT;
    }
    if (query.effort() instanceof Effort.Exact) {
      return Path.EXACT;
    }
    if (query.pass().list() != null) {
      return Path.PARTITION;
    }
    return query.pass().bits() != null ? Path.MATCHING : Path.EXACT;
  }

  private String whyExact(Query query) {
    if (index instanceof FlatIndex) {
      return "the index is flat";
    }
    return query.effort() instanceof Effort.Exact
        ? "exact was asked for"
        : "at most " + SMALL_ROWS + " rows";
  }

  private Path run(Path path, float[] prepared, Query query, SearchContext context, TopK into) {
    switch (path) {
      case FLAT, PARTITION, MATCHING, EXACT -> {
        exact(prepared, query, context, into);
        return path;
      }
      case GRAPH, FILTERED_GRAPH, LISTS -> {
        // Only a pass that shows its bits is asked before a row is compared. The lists of an
        // inverted file are compared in blocks, of which bits leave out some, at any share.
        Pass pass = path == Path.GRAPH ? context.tested.of(query.pass()) : query.pass();
        walk(prepared, query, pass, context, into);
        if (isEnough(into, context)) {
          return path;
        }
      }
    }
    SearchTrace trace = context.trace();
    if (trace != null) {
      trace.fellBack(
          context.hasGivenUp
              ? "near the query so few rows pass that the walk would take longer than an exact search"
              : "the index found " + into.size() + " of " + into.k() + " rows");
    }
    exact(prepared, query, context, into);
    return Path.EXACT;
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

  /// The beam width, or the lists to probe.
  private int breadth(Query query) {
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

  private static String breadthFrom(Query query) {
    return switch (query.effort()) {
      case Effort.Recall recall -> "tuned for recall " + recall.value();
      case Effort.BeamWidth _, Effort.Probes _ -> "asked for";
      case Effort.Exact() -> "";
    };
  }

  private void walk(float[] prepared, Query query, Pass pass, SearchContext context, TopK into) {
    int breadth = context.breadth;
    index.search(prepared, breadth, pass, context, into);
    if (index.widensByItself()) {
      return;
    }
    boolean isFiltered = query.passing() != Passing.ALL || query.pass().bits() != null;
    if (isFiltered && context.passingInBeam < breadth / 2) {
      // Near the query fewer rows pass than elsewhere.
      if (!isWorthWalkingOn(query, context)) {
        context.hasGivenUp = true;
        return;
      }
      into.reset(into.k(), into.distanceMax());
      context.passFraction = SearchContext.FRACTION_UNKNOWN;
      SearchTrace trace = context.trace();
      if (trace != null) {
        trace.fellBack(
            "fewer rows pass near the query than elsewhere: walked on until enough were found");
      }
      index.search(prepared, breadth, pass, context, into);
    }
  }

  /// Whether a walk that goes on until enough rows pass takes less than an exact search, if as many
  /// pass as in the beam so far.
  private boolean isWorthWalkingOn(Query query, SearchContext context) {
    double beam = context.breadth / context.passFraction;
    double share = Math.max(0.5, context.passingInBeam) / beam;
    double visits =
        index.visitsFor(context.breadth, Math.min(1, share), query.pass().bits() != null);
    return visits * context.visitNanos < context.exactNanos;
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

  /// The share of the candidates that passes, judged by some of them; above 0 where there are any.
  private double passFraction(Pass pass, Passing left, int candidates) {
    if (left == Passing.ALL || candidates == 0) {
      return 1;
    }
    int samplesMax = left == Passing.LIVE ? SAMPLES_LIVE_MAX : SAMPLES_MAX;
    PassBits bits = pass.bits();
    OrdinalList list = pass.list();
    int passed = 0;
    int sampled = 0;
    // A step that no pattern of the rows follows, so that a run of equal ones does not decide.
    for (int at = 0; sampled < samplesMax && passed < SAMPLES_PASSED_ENOUGH; sampled++) {
      int ordinal;
      if (bits == null && list != null) {
        ordinal = list.get((int) (((long) at * list.count()) >>> 16));
      } else {
        ordinal = (int) (((long) at * rowCount) >>> 16);
        if (bits != null) {
          ordinal = bits.next(ordinal);
          ordinal = ordinal < rowCount ? ordinal : bits.next(0);
        }
      }
      passed += pass.test(ordinal) ? 1 : 0;
      at = (at + SAMPLE_STEP) & 0xFFFF;
    }
    return Math.max(0.5, passed) / sampled;
  }

  /// The golden ratio's share of 2^16: multiples of it lie evenly, however many there are.
  private static final int SAMPLE_STEP = 40_503;
}
