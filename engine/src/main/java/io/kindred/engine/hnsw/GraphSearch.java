package io.kindred.engine.hnsw;

import io.kindred.engine.Metric;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.PassBits;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.vector.Candidate;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.GraphMemory;
import io.kindred.engine.vector.VectorRows;
import io.kindred.engine.vector.Walk;
import org.jspecify.annotations.Nullable;

/// Searches a graph: a walk over the codes finds a beam of near rows, and the nearest of those are
/// compared again by their floats. Immutable, thread-safe.
///
/// @param floats of the rows
record GraphSearch(Metric metric, GraphMemory graph, Codes codes, VectorRows floats) {
  /// The widest beam. What needs more is better compared exactly.
  static final int WIDTH_MAX = 1 << 14;

  private static final int WIDENING = 4;

  /// A walk that leaves rows out finds its way less well, the more of them it could have gone
  /// through: with a fifth of the rows as much as a wider beam gains, with a twentieth not at all.
  private static final double AROUND_WIDENING = 0.3;

  private static final double AROUND_SHARE_MIN = 0.05;
  private static final double AROUND_SHARE_MAX = 0.2;

  /// A walk through all rows ends where fewer than one of as many pass.
  private static final int THROUGH_MAX = 12;

  /// So much less than the share of passing rows that was expected is no reason to look on.
  private static final double TOLERANCE = 0.7;

  /// Entries that tell which share of rows passes near a query.
  private static final int ENTRIES_NEAR = 16;

  /// How many more codes a scan keeps than rows are compared again, in case fewer pass.
  private static final double SCAN_WIDENING = 1.5;

  /// Offers near passing rows.
  ///
  /// Where the pass has bits, a walk goes through all rows until enough of the nearest pass, or
  /// where hardly any do around those that fail. Else it is that of an unfiltered search, widened
  /// by the share of rows that is expected to pass.
  ///
  /// @param query of unit length under cosine
  /// @param ef beam width, at least `into.k()`
  void search(float[] query, int ef, Pass pass, SearchContext context, TopK into) {
    PassBits bits = pass.bits();
    if (bits != null
        && !context.goesAround()
        && searchThrough(query, ef, bits, pass, context, into)) {
      return;
    }
    Walk walk = context.walk();
    int width = Math.min(WIDTH_MAX, width(ef, bits, context));
    long visitedBefore = context.visitedCount();
    int passing = walk(query, ef, width, bits, pass, context, into);
    context.setFewPassing(areFew(ef, passing, bits != null, context, into));
    while (context.isToWalkOn() && passing < (ef + 1) / 2) {
      boolean hasSeenAll = walk.size() < width;
      width *= WIDENING;
      if (hasSeenAll
          || width > WIDTH_MAX
          || context.visitedCount() - visitedBefore > context.visitBudget()) {
        context.giveUp();
        return;
      }
      into.reset(into.k(), into.distanceMax());
      passing = walk(query, ef, width, bits, pass, context, into);
    }
  }

  private static int width(int ef, @Nullable PassBits bits, SearchContext context) {
    double share = context.passFraction();
    if (bits != null) {
      double part =
          Math.log(share / AROUND_SHARE_MIN) / Math.log(AROUND_SHARE_MAX / AROUND_SHARE_MIN);
      return (int) Math.ceil(ef * (1 + AROUND_WIDENING * Math.clamp(part, 0, 1)));
    }
    return context.isToWalkOn() ? ef : context.width(ef, share);
  }

  private boolean areFew(int ef, int passing, boolean hasBits, SearchContext context, TopK into) {
    if (hasBits) {
      return passing < ef / 2;
    }
    int size = context.walk().size();
    return passing < compared(ef, into)
        && passing * (size - context.fixed(ef)) < TOLERANCE * context.growing(ef) * size;
  }

  /// @return false where fewer rows near the query pass than a walk through all rows is good for
  private boolean searchThrough(
      float[] query, int ef, PassBits bits, Pass pass, SearchContext context, TopK into) {
    // Of those whose bit is set, some are deleted or expired.
    double fraction = context.namedFraction();
    float wanted = (float) (context.growing(ef) / fraction);
    float least = (float) context.fixed(ef);
    int widthMax = Math.min(WIDTH_MAX, context.width(ef, fraction / THROUGH_MAX));
    Walk walk = begin(query, widthMax, context);
    long before = walk.scored();
    int found =
        GraphKernel.best()
            .searchThrough(graph, walk, widthMax, bits.words().address(), least, wanted);
    context.addVisited(walk.scored() - before);
    boolean isEnough = found > wanted && found * (walk.size() - least) >= wanted * walk.size();
    if (isEnough) {
      context.setPassingInBeam(rerank(query, compared(ef, into), pass, context, into));
    } else {
      context.goAround();
    }
    return isEnough;
  }

  /// The share of passing rows among the entries that are nearest to the query.
  double shareNear(float[] query, PassBits bits, SearchContext context) {
    Walk walk = begin(query, ENTRIES_NEAR, context);
    int passing =
        GraphKernel.best().passingEntries(graph, walk, ENTRIES_NEAR, bits.words().address());
    return passing / (double) Math.min(ENTRIES_NEAR, graph.entryCount());
  }

  private Walk begin(float[] query, int width, SearchContext context) {
    Walk walk = context.walk();
    walk.reserve(graph.rows(), graph.rowCount(), width);
    codes.quantizer().encodeQuery(query, walk);
    return walk;
  }

  /// @return how many passing rows were found, as far as they were counted
  private int walk(
      float[] query,
      int ef,
      int width,
      @Nullable PassBits bits,
      Pass pass,
      SearchContext context,
      TopK into) {
    Walk walk = begin(query, width, context);
    long before = walk.scored();
    if (bits == null) {
      GraphKernel.best().search(graph, walk, width);
    } else {
      GraphKernel.best().searchPassing(graph, walk, width, bits.words().address());
    }
    context.addVisited(walk.scored() - before);
    int passing = rerank(query, compared(ef, into), pass, context, into);
    context.setPassingInBeam(passing);
    return passing;
  }

  /// Rows that are compared again: with half of the beam, codes of eight bits lose nothing that
  /// floats would find.
  private static int compared(int ef, TopK into) {
    return Math.max(2 * into.k(), (ef + 1) / 2);
  }

  /// Compares the codes of all rows that the pass names by its bits or its list, and the nearest
  /// passing ones again. Gives up where too few of the nearest pass.
  void scan(float[] query, int ef, Pass pass, SearchContext context, TopK into) {
    int compared = compared(ef, into);
    int width =
        (int) Math.min(WIDTH_MAX, Math.ceil(SCAN_WIDENING * compared / context.passFraction()));
    Walk walk = begin(query, width, context);
    long before = walk.scored();
    PassBits bits = pass.bits();
    OrdinalList list = pass.list();
    if (bits != null) {
      long words = (bits.size() + 63L) >>> 6;
      GraphKernel.best().scanPassing(codes.rows(), walk, width, bits.words().address(), words);
    } else if (list != null) {
      GraphKernel.best()
          .scanListed(codes.rows(), walk, width, list.ordinals().address(), list.count());
    } else {
      throw new IllegalArgumentException("a pass that names no rows");
    }
    context.addVisited(walk.scored() - before);
    boolean hasSeenAll = walk.size() < width;
    int passing = rerank(query, compared, pass, context, into);
    context.setPassingInBeam(passing);
    if (passing < compared && !hasSeenAll) {
      context.giveUp();
    }
  }

  /// Compares the nearest passing rows of the beam by their floats.
  ///
  /// @return how many
  private int rerank(float[] query, int most, Pass pass, SearchContext context, TopK into) {
    Walk walk = context.walk();
    walk.setFloats(query, floats.dimension());
    int size = walk.size();
    int passing = 0;
    int next = 0;
    while (next < size && passing < most) {
      int batch = 0;
      while (next < size && passing < most && batch < Walk.BATCH_MAX) {
        int ordinal = Candidate.ordinal(walk.candidate(next++));
        if (pass.test(ordinal)) {
          walk.setId(batch++, ordinal);
          passing++;
        }
      }
      GraphKernel.best().scoreFloats(metric, floats, walk, batch);
      for (int i = 0; i < batch; i++) {
        into.offer(walk.distance(i), walk.id(i));
      }
    }
    return passing;
  }
}
