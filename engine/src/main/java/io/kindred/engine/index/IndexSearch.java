package io.kindred.engine.index;

import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.vector.VectorRows;
import java.util.Locale;

/// A search that is never short: it finds `min(k, passing)` rows at any filter and after any number
/// of deletes. It weighs what each way to search would take, takes the cheapest, and goes on to an
/// exact one where that did not find enough.
///
/// Thread-safe; lives as long as its index and rows. Learns from its walks how many rows they
/// visit, and how long that takes, and from scans what it takes to compare the rows that a filter
/// names.
public final class IndexSearch {
  /// Up to this share of passing rows a walk goes around those that do not pass; above, where some
  /// near the query pass, it goes through the others.
  private static final double AROUND_SHARE_MAX = 0.1;

  /// As few as are looked at, one more or less of the rows near a query passes by chance.
  private static final double NEAR_ERROR = 1.0 / 16;

  /// Between these numbers of rows a beam's width is taken to grow evenly.
  private static final int FEW = 10;

  private static final int MANY = 100;

  /// Codes tell which rows are nearest, not which pass.
  private static final double NAMED_SHARE_MIN = 0.25;

  /// A walk of so many times the expected visits met the rows that pass behind others.
  private static final double HARD_WALK = 3;

  /// How much wider the beam of a second walk is then.
  private static final int WIDENING = 4;

  /// With 32 links a node; sparser graphs visit less.
  private static final double VISIT_FACTOR_FIRST = 2;

  /// Scans of fewer codes take most of their time for the rows that are compared again.
  private static final int CODES_TELLING = 4_096;

  /// How much a scan changes what is known of the next: a single slow one says little.
  private static final double CODE_LEARNING = 0.25;

  /// Where rows are walked to because their codes were slow, what is known fades with each walk, so
  /// that one search in about a hundred finds out whether they still are.
  private static final double CODE_FADING = 0.01;

  private final VectorIndex index;
  private final Metric metric;
  private final VectorRows rows;
  private final int rowCount;
  private final FlatScan scan;

  /// What walks visit, as a multiple of [VectorIndex#visitsFor].
  private final Learned visitFactor;

  /// The same of the graphs of all partitions.
  private final Learned partitionVisitFactor = new Learned(VISIT_FACTOR_FIRST);

  /// Nanoseconds that a walk takes for each row that it visits.
  private final Learned visitNanos;

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
    visitFactor = new Learned(isGraph(index) ? VISIT_FACTOR_FIRST : 1);
    visitNanos = new Learned(SearchCosts.walkNanos(rows.dimension()));
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
    long chosen = trace == null ? 0 : System.nanoTime();
    Path taken = run(path, prepared, query, context, into);
    context.tested.of(Pass.ALL);
    if (trace != null) {
      trace.took(chosen - started - trace.madeBitsNanos(), System.nanoTime() - chosen);
    }
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
        && rowCount > index.smallRows();
  }

  /// @param left what the pass has to test besides its bits and list
  private Path choose(Query query, Passing left, boolean mayWalk, SearchContext context) {
    return mayWalk
        ? chooseByCost(query, left, context)
        : chooseExact(query, left, PassShare.candidates(query.pass(), rowCount), context);
  }

  private Path chooseExact(Query query, Passing left, int candidates, SearchContext context) {
    Pass pass = query.pass();
    double testNanos = candidates * testNanos(pass, left);
    context.rentNanos = left == Passing.FILTERED && pass.bits() == null ? testNanos : 0;
    Path path = exactPath(query);
    SearchTrace trace = context.trace();
    if (trace != null) {
      trace.choosing(candidates, -1);
      trace.rung(path, testNanos + candidates * SearchCosts.scanNanos(rows.dimension()));
      trace.chosen(path, whyExact(query));
    }
    return path;
  }

  private Path chooseByCost(Query query, Passing left, SearchContext context) {
    Pass pass = query.pass();
    PassBits bits = pass.bits();
    VectorIndex walked = walked(pass);
    int candidates = PassShare.candidates(pass, rowCount);
    double fraction = PassShare.of(pass, left, rowCount);
    double passing = candidates * fraction;
    // An index holds only rows that have a vector, and those that have none do not pass.
    double linked = Math.max(1.0, (double) walked.linkedCount());
    double share = Math.clamp(passing / linked, Double.MIN_NORMAL, 1);
    context.passFraction = share;
    context.asksBits = bits != null;
    context.breadth = breadth(query);
    context.growingPart = growingPart(query, context.breadth);
    context.namedFraction = fraction;
    double exactNanos = exactNanos(pass, left, candidates, passing);
    double codesNanos = codesNanos(pass, left, candidates, fraction);
    context.fallback = codesNanos < exactNanos ? Path.CODES : exactPath(query);
    context.exactNanos = Math.min(exactNanos, codesNanos);
    double visitLiveNanos = visitNanos.value() + SearchCosts.LIVE_NANOS;
    context.visitNanos =
        visitLiveNanos + (left == Passing.FILTERED ? SearchCosts.TEST_ANYWHERE_NANOS : 0);
    context.visitBudget = (long) (context.exactNanos / context.visitNanos) + context.breadth;
    judgeNear(pass, walked, share, context);
    double walkNanos = context.expectedVisits * context.visitNanos;
    // In the graph of all rows, those of a partition can be walked to only by their bits.
    boolean needsBits = bits == null && pass.list() != null && !isOfPartition(walked);
    boolean isExact = needsBits || context.exactNanos < walkNanos;
    double withBitsNanos =
        Math.min(
            passing * Math.min(SearchCosts.listedNanos(rows.dimension()), index.codeNanos()),
            expectedVisits(walked, share, share < AROUND_SHARE_MAX, context) * visitLiveNanos);
    context.rentNanos =
        bits != null ? 0 : Math.max(0, (isExact ? context.exactNanos : walkNanos) - withBitsNanos);
    if (!isExact && pass.codeNanos() > index.codeNanos()) {
      pass.setCodeNanos(pass.codeNanos() * (1 - CODE_FADING));
    }
    Path walkPath = walkPath(walked, context.goesAround);
    Path path = isExact ? context.fallback : walkPath;
    SearchTrace trace = context.trace();
    if (trace != null) {
      trace.choosing(candidates, passing);
      trace.breadth(context.breadth, breadthFrom(query));
      trace.rung(exactPath(query), exactNanos);
      if (codesNanos < Double.POSITIVE_INFINITY) {
        trace.rung(Path.CODES, codesNanos);
      }
      if (!needsBits) {
        trace.rung(walkPath, walkNanos);
      }
      trace.chosen(path, "the least expected time");
    }
    return path;
  }

  /// Time to test all candidates and to compare those that pass.
  private double exactNanos(Pass pass, Passing left, int candidates, double passing) {
    boolean isNarrowed = pass.bits() != null || pass.list() != null;
    double compareNanos =
        isNarrowed
            ? SearchCosts.listedNanos(rows.dimension()) * slowness(pass)
            : SearchCosts.scanNanos(rows.dimension());
    return candidates * testNanos(pass, left)
        + passing * compareNanos
        + (pass.bits() == null ? 0 : rowCount * SearchCosts.BIT_NANOS);
  }

  /// Time to compare the codes of all candidates; infinite where nothing but a test of each tells
  /// which rows these are, or where most of them fail for other reasons.
  private double codesNanos(Pass pass, Passing left, int candidates, double fraction) {
    boolean isNamed = pass.bits() != null || pass.list() != null;
    if (!isNamed || left == Passing.FILTERED || fraction < NAMED_SHARE_MIN) {
      return Double.POSITIVE_INFINITY;
    }
    return candidates * index.codeNanos() * slowness(pass)
        + (pass.bits() == null ? 0 : rowCount * SearchCosts.BIT_NANOS);
  }

  /// How many times as long as from the cache it takes to compare the rows that the pass names, as
  /// far as is known.
  private double slowness(Pass pass) {
    return Math.max(1, pass.codeNanos() / index.codeNanos());
  }

  /// Time to ask the pass of one candidate, in order.
  private static double testNanos(Pass pass, Passing left) {
    boolean isNarrowed = pass.bits() != null || pass.list() != null;
    return switch (left) {
      case ALL, LIVE -> SearchCosts.LIVE_NANOS;
      case FILTERED -> isNarrowed ? SearchCosts.TEST_ANYWHERE_NANOS : pass.testNanos();
    };
  }

  /// What a walk goes through: the partition's own graph where there is one.
  private VectorIndex walked(Pass pass) {
    OrdinalList list = pass.list();
    VectorIndex ofPartition = list == null ? null : index.ofPartition(list);
    return ofPartition == null ? index : ofPartition;
  }

  /// Says whether a walk is to go around rows that do not pass, and how many it is expected to
  /// visit. Looks at the rows near the query where that may decide.
  private void judgeNear(Pass pass, VectorIndex walked, double share, SearchContext context) {
    PassBits bits = pass.bits();
    double near = share;
    context.goesAround = false;
    if (bits != null && isGraph(walked)) {
      double least = expectedVisits(walked, 1, false, context) * context.visitNanos;
      if (least < context.exactNanos) {
        near = walked.shareNear(context.prepared(), bits, context);
      }
      context.goesAround = share < AROUND_SHARE_MAX || near == 0;
    }
    double reckoned = context.goesAround ? Math.max(near - NEAR_ERROR, share) : share;
    context.expectedVisits = expectedVisits(walked, reckoned, context.goesAround, context);
  }

  private static boolean isGraph(VectorIndex index) {
    return index.path() == Path.GRAPH || isOfPartition(index);
  }

  private static boolean isOfPartition(VectorIndex index) {
    return index.path() == Path.PARTITION_GRAPH;
  }

  private static Path walkPath(VectorIndex walked, boolean goesAround) {
    return walked.path() == Path.GRAPH && goesAround ? Path.FILTERED_GRAPH : walked.path();
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
        : "at most " + index.smallRows() + " rows";
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
          return walkPath(walked(query.pass()), context.goesAround);
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
    learn(query.pass(), nanos, context.visitedCount - comparedBefore);
    if (context.hasGivenUp) {
      trace(context, "too few of the rows with the nearest codes pass");
    }
    return !context.hasGivenUp;
  }

  private void learn(Pass pass, long nanos, long compared) {
    if (compared < CODES_TELLING) {
      return;
    }
    double measured = (double) nanos / compared;
    double known = pass.codeNanos();
    pass.setCodeNanos(known == 0 ? measured : known + CODE_LEARNING * (measured - known));
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

  /// The beam width, which holds all that is asked for, or the lists to probe.
  private int breadth(Query query) {
    int least = isGraph(index) ? query.k() : 1;
    return switch (query.effort()) {
      case Effort.Recall recall -> Math.max(least, index.efFor(recall.value(), query.k()));
      case Effort.BeamWidth width -> Math.max(least, width.ef());
      case Effort.Probes(int nprobe) -> nprobe;
      case Effort.Exact() -> 0;
    };
  }

  /// The part of a beam that is taken up by what is wanted, and grows as fewer rows pass.
  private double growingPart(Query query, int breadth) {
    if (!isGraph(index)) {
      return 1;
    }
    double recall =
        query.effort() instanceof Effort.Recall wanted
            ? wanted.value()
            : Effort.Recall.DEFAULT.value();
    double least = index.efFor(recall, FEW);
    double slope = (index.efFor(recall, MANY) - least) / (MANY - FEW);
    double tuned = index.efFor(recall, query.k());
    return Math.clamp(Math.max(query.k() / (double) breadth, slope * query.k() / tuned), 0, 1);
  }

  private static String breadthFrom(Query query) {
    return switch (query.effort()) {
      case Effort.Recall recall -> "tuned for recall " + recall.value();
      case Effort.BeamWidth _, Effort.Probes _ -> "asked for";
      case Effort.Exact() -> "";
    };
  }

  /// @param pass the query's, which shows its bits where they are to be asked
  private void walk(float[] prepared, Query query, Pass pass, SearchContext context, TopK into) {
    VectorIndex walked = walked(query.pass());
    boolean isFiltered = query.passing() != Passing.ALL || query.pass().bits() != null;
    long started = isFiltered ? 0 : System.nanoTime();
    walked.search(prepared, context.breadth, pass, context, into);
    if (!isGraph(walked)) {
      return;
    }
    if (!isFiltered && context.visitedCount > 0) {
      Learned factor = visitFactor(walked);
      factor.learn(factor.value() * context.visitedCount / context.expectedVisits);
      visitNanos.learn((double) (System.nanoTime() - started) / context.visitedCount);
    }
    if (!isFiltered) {
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

  private Learned visitFactor(VectorIndex walked) {
    return isOfPartition(walked) ? partitionVisitFactor : visitFactor;
  }

  /// @param share of the rows that passes
  private double expectedVisits(
      VectorIndex walked, double share, boolean goesAround, SearchContext context) {
    double visits =
        isGraph(walked) && !goesAround
            ? walked.visitsFor(context.width(context.breadth, share), 1, false)
            : walked.visitsFor(context.breadth, share, context.asksBits);
    return Math.min((double) walked.linkedCount(), visitFactor(walked).value() * visits);
  }

  /// Near the query fewer rows pass than elsewhere: looks on until enough of them do.
  private void walkOn(
      float[] prepared, VectorIndex walked, Pass pass, SearchContext context, TopK into) {
    double beam = context.breadth / context.passFraction;
    double share = Math.min(1, Math.max(0.5, context.passingInBeam) / beam);
    double visits = expectedVisits(walked, share, context.goesAround, context);
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
