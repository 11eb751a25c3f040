package io.kindred.engine.index;

import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.index.IndexSearch.Passing;
import io.kindred.engine.index.IndexSearch.Path;
import io.kindred.engine.index.IndexSearch.Query;

/// Reckons what each way to search would take, and chooses the one that takes the least.
///
/// Thread-safe. Learns from walks how many rows they visit, and how long that takes, and from scans
/// how slow the rows are that a filter names.
final class PathChooser {
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

  /// With 32 links a node; sparser graphs visit less.
  private static final double VISIT_FACTOR_FIRST = 2;

  /// Scans of fewer codes take most of their time for the rows that are compared again.
  private static final int CODES_TELLING = 4_096;

  /// How much a scan changes what is known of the next: a single slow one says little.
  private static final double SLOWNESS_LEARNING = 0.25;

  /// Where rows are walked to because their codes were slow, what is known fades with each walk, so
  /// that one search in about a hundred finds out whether they still are.
  private static final double SLOWNESS_FADING = 0.01;

  private final VectorIndex index;
  private final int dimension;
  private final int rowCount;

  /// What walks visit, as a multiple of [VectorIndex#visitsFor].
  private final Learned visitFactor;

  /// The same of the graphs of all partitions.
  private final Learned partitionVisitFactor = new Learned(VISIT_FACTOR_FIRST);

  /// Nanoseconds that a walk takes for each row that it visits.
  private final Learned visitNanos;

  /// @param rowCount ordinals `[0, rowCount)` are searched
  PathChooser(VectorIndex index, int dimension, int rowCount) {
    this.index = index;
    this.dimension = dimension;
    this.rowCount = rowCount;
    visitFactor = new Learned(isGraph(index) ? VISIT_FACTOR_FIRST : 1);
    visitNanos = new Learned(SearchCosts.walkNanos(dimension));
  }

  /// Weighs the ways, and leaves in the context what the walk needs to know.
  Path choose(Query query, SearchContext context) {
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
      trace.rung(path, testNanos + candidates * SearchCosts.scanNanos(dimension));
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
            passing * Math.min(SearchCosts.listedNanos(dimension), index.codeNanos()),
            expectedVisits(walked, share, share < AROUND_SHARE_MAX, context) * visitLiveNanos);
    context.rentNanos =
        bits != null ? 0 : Math.max(0, (isExact ? context.exactNanos : walkNanos) - withBitsNanos);
    if (!isExact && pass.slowness() > 1) {
      pass.setSlowness(Math.max(1, pass.slowness() * (1 - SLOWNESS_FADING)));
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
            ? SearchCosts.listedNanos(dimension) * pass.slowness()
            : SearchCosts.scanNanos(dimension);
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
    return candidates * index.codeNanos() * pass.slowness()
        + (pass.bits() == null ? 0 : rowCount * SearchCosts.BIT_NANOS);
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
  VectorIndex walked(Pass pass) {
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

  static boolean isGraph(VectorIndex index) {
    return index.path() == Path.GRAPH || isOfPartition(index);
  }

  private static boolean isOfPartition(VectorIndex index) {
    return index.path() == Path.PARTITION_GRAPH;
  }

  static Path walkPath(VectorIndex walked, boolean goesAround) {
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

  private Learned visitFactor(VectorIndex walked) {
    return isOfPartition(walked) ? partitionVisitFactor : visitFactor;
  }

  /// @param share of the rows that passes
  double expectedVisits(
      VectorIndex walked, double share, boolean goesAround, SearchContext context) {
    double visits =
        isGraph(walked) && !goesAround
            ? walked.visitsFor(context.width(context.breadth, share), 1, false)
            : walked.visitsFor(context.breadth, share, context.asksBits);
    return Math.min((double) walked.linkedCount(), visitFactor(walked).value() * visits);
  }

  /// Learns from a walk that no row was to be tested for.
  void learnWalk(VectorIndex walked, long nanos, SearchContext context) {
    if (context.visitedCount > 0) {
      Learned factor = visitFactor(walked);
      factor.learn(factor.value() * context.visitedCount / context.expectedVisits);
      visitNanos.learn((double) nanos / context.visitedCount);
    }
  }

  /// Learns from a scan of the codes of the rows that the pass names.
  void learnScan(Pass pass, long nanos, long compared) {
    if (compared < CODES_TELLING) {
      return;
    }
    double measured = nanos / (compared * index.codeNanos());
    double known = pass.slowness();
    double learned = known == 1 ? measured : known + SLOWNESS_LEARNING * (measured - known);
    pass.setSlowness(Math.max(1, learned));
  }
}
