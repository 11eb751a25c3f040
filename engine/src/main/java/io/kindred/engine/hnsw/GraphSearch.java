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

  /// A walk that leaves rows out finds its way less well: at 20 % as much as a wider beam gains.
  private static final double FILTERED_WIDENING = 1.3;

  /// How many more codes a scan keeps than rows are compared again, in case fewer pass.
  private static final double SCAN_WIDENING = 1.5;

  /// Offers near passing rows.
  ///
  /// Where the pass has bits, a walk compares only rows whose bit is set. Else it is that of an
  /// unfiltered search, widened by the share of rows that is expected to pass.
  ///
  /// @param query of unit length under cosine
  /// @param ef beam width, at least `into.k()`
  void search(float[] query, int ef, Pass pass, SearchContext context, TopK into) {
    Walk walk = context.walk();
    PassBits bits = pass.bits();
    double share = context.isToWalkOn() || bits != null ? 1 : context.passFraction();
    double wanted = bits == null ? ef : FILTERED_WIDENING * ef;
    int width = (int) Math.min(WIDTH_MAX, Math.ceil(wanted / share));
    long visitedBefore = context.visitedCount();
    int passing = walk(query, ef, width, bits, pass, context, into);
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

  /// @return how many passing rows were found, as far as they were counted
  private int walk(
      float[] query,
      int ef,
      int width,
      @Nullable PassBits bits,
      Pass pass,
      SearchContext context,
      TopK into) {
    Walk walk = context.walk();
    walk.reserve(graph.rows(), graph.rowCount(), width);
    codes.quantizer().encodeQuery(query, walk);
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
    Walk walk = context.walk();
    walk.reserve(graph.rows(), graph.rowCount(), width);
    codes.quantizer().encodeQuery(query, walk);
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
