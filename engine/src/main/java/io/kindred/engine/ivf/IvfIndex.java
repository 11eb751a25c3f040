package io.kindred.engine.ivf;

import io.kindred.engine.Metric;
import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.vector.BlockScan;
import io.kindred.engine.vector.CodeBlocks;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.VectorRows;
import io.kindred.engine.vector.Walk;
import java.lang.foreign.MemorySegment;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Inverted lists over the rows of a base (Sivic and Zisserman, "Video Google", ICCV 2003; Jégou,
/// Douze and Schmid, TPAMI 2011): the lists of the centroids nearest to a query are scanned by
/// their codes, and the best of what is found is compared by its full vectors.
///
/// Immutable, thread-safe; lives as long as the arena that it was opened with, and as its rows.
public final class IvfIndex implements VectorIndex {
  /// Rows that a walk of a graph compares while a row of a list is scanned.
  private static final double CODE_VISITS = 0.125;

  private final IvfHeader header;
  private final ListData data;
  private final Coarse coarse;
  private final VectorRows rows;
  private final float factor;

  IvfIndex(IvfHeader header, ListData data, Coarse coarse, VectorRows rows) {
    this.header = header;
    this.data = data;
    this.coarse = coarse;
    this.rows = rows;
    factor = IvfSpace.factor(header.metric());
  }

  @Override
  public String kind() {
    return header.kind().label();
  }

  @Override
  public long linkedCount() {
    return header.linkedCount();
  }

  @Override
  public IndexSearch.Path path() {
    return IndexSearch.Path.LISTS;
  }

  @Override
  public double visitsFor(int probes, double share, boolean hasBits) {
    double wider = probes * Math.pow(1 / share, header.calibration().growth());
    double lists = Math.clamp(wider, 1, header.listCount());
    return CODE_VISITS * lists * linkedCount() / header.listCount();
  }

  @Override
  public int efFor(double recall, int k) {
    return Math.min(header.listCount(), header.calibration().probesFor(recall, k));
  }

  /// Scans the lists of the `probes` nearest centroids; of more where only a part of the rows
  /// passes, and of as many as it takes to find k.
  @Override
  public void search(float[] query, int probes, Pass pass, SearchContext context, TopK into) {
    IvfScratch scratch = context.extension(IvfScratch.class, IvfScratch::new);
    scratch.begin(header.listCount(), into.k());
    scratch.candidates.reset(header.calibration().refineFor(into.k()));
    collect(query, probes, pass, scratch);
    int count = scratch.candidates.finish();
    refine(query, count, scratch, into);
    context.addVisited(scratch.rowsScanned);
    context.setPassingInBeam(count);
  }

  /// Offers candidates by their full vectors.
  private void refine(float[] query, int count, IvfScratch scratch, TopK into) {
    Walk walk = scratch.walk;
    walk.setFloats(query, rows.dimension());
    for (int from = 0; from < count; from += Walk.BATCH_MAX) {
      int batch = Math.min(Walk.BATCH_MAX, count - from);
      for (int i = 0; i < batch; i++) {
        walk.setId(i, scratch.candidates.id(from + i));
      }
      GraphKernel.best().scoreFloats(header.metric(), rows, walk, batch);
      for (int i = 0; i < batch; i++) {
        into.offer(walk.distance(i), walk.id(i));
      }
    }
  }

  /// Scans lists into the scratch's candidates, which were reset.
  void collect(float[] query, int probes, Pass pass, IvfScratch scratch) {
    int listCount = data.listCount();
    data.codec().prepare(query, factor, scratch.table);
    int wanted = Math.clamp(probes, 1, listCount);
    scratch.isFiltered = !pass.equals(Pass.ALL);
    // To know where to end, a filtered search needs to see the lists behind.
    int asked = scratch.isFiltered ? Math.min(listCount, 2 * wanted) : wanted;
    boolean isAsking = true;
    while (isAsking) {
      int found = coarse.findNearest(query, asked, scratch);
      int at = 0;
      while (at < found && goesOn(scratch, wanted, scratch.listDistances[at])) {
        int list = scratch.lists[at];
        if (scratch.isFirst(list)) {
          scratch.scan.readAhead(
              at + 1 < found ? data.firstBlock(scratch.lists[at + 1]) : BlockScan.NOTHING_AHEAD);
          scanList(list, scratch.listDistances[at], pass, scratch);
        }
        at++;
      }
      isAsking = asked < listCount && at == found && mayGoOn(scratch, wanted);
      asked = Math.min(listCount, 2 * asked);
    }
  }

  /// Whether the list of a centroid so far away is to be scanned, too.
  ///
  /// Where only a part of the rows passes, the nearest of them are farther than the nearest of all.
  /// So the search goes on as far behind the k-th of those that pass as the wanted lists reach
  /// behind the k-th of all: by the triangle inequality a row and its centroid are equally far
  /// apart wherever they lie.
  private boolean goesOn(IvfScratch scratch, int wanted, float listDistance) {
    if (lacks(scratch, wanted)) {
      return true;
    }
    if (!scratch.isFiltered || scratch.all.distance() == Float.POSITIVE_INFINITY) {
      return false;
    }
    if (!scratch.hasMargin) {
      scratch.hasMargin = true;
      scratch.margin = scratch.lastReach - reach(scratch.all.distance());
    }
    return reach(listDistance) <= reach(scratch.passing.distance()) + scratch.margin;
  }

  private static boolean lacks(IvfScratch scratch, int wanted) {
    return scratch.listsScanned < wanted || scratch.candidates.size() < scratch.candidatesMin;
  }

  /// Whether more lists may be wanted, depending on how far away they are.
  private static boolean mayGoOn(IvfScratch scratch, int wanted) {
    return scratch.isFiltered || lacks(scratch, wanted);
  }

  /// A distance in the form in which it adds up: not squared.
  private float reach(float distance) {
    return header.metric() == Metric.DOT ? distance : (float) Math.sqrt(Math.max(0, distance));
  }

  private void scanList(int list, float distance, Pass pass, IvfScratch scratch) {
    BlockScan scan = scratch.scan;
    scan.over(scratch.table.scan, data.codes(), data.terms(), data.codec().components());
    float base = distance + scratch.table.offset;
    int end = data.endBlock(list);
    for (int block = data.firstBlock(list); block < end; block += BlockScan.BLOCKS_MAX) {
      int count = Math.min(BlockScan.BLOCKS_MAX, end - block);
      scan.blocks(block, count);
      scan.distances(base, scratch.table.scale, scratch.candidates.bound());
      int found = data.codec().scan(scan);
      scratch.rowsScanned += count * (long) CodeBlocks.ROWS;
      keep(found, pass, scratch, data.ordinals());
    }
    scratch.listsScanned++;
    scratch.lastReach = reach(distance);
  }

  private static void keep(int found, Pass pass, IvfScratch scratch, MemorySegment ordinals) {
    BlockScan scan = scratch.scan;
    Reservoir candidates = scratch.candidates;
    for (int i = 0; i < found; i++) {
      float distance = scan.distance(i);
      // The bound may have fallen meanwhile.
      if (distance < candidates.bound()) {
        int ordinal = ordinals.getAtIndex(ListData.INT, scan.row(i));
        boolean passes = pass.test(ordinal);
        if (passes) {
          candidates.add(distance, ordinal);
        }
        if (scratch.isFiltered) {
          scratch.all.offer(distance);
          if (passes) {
            scratch.passing.offer(distance);
          }
        }
      }
    }
  }

  @Override
  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("lists", Integer.toString(header.listCount()));
    if (header.kind() != IvfHeader.Kind.FLAT) {
      parameters.put("subspaces", Integer.toString(header.components()));
    }
    parameters.put("trained_rows", Integer.toString(header.trainedRows()));
    parameters.put("imbalance", "%.2f".formatted(data.imbalance()));
    IvfCalibration calibration = header.calibration();
    parameters.put("calibration_queries", Integer.toString(calibration.sampleCount()));
    for (IvfCalibration.Refine refine : calibration.refines()) {
      parameters.put("refine_at_" + refine.k(), Integer.toString(refine.count()));
    }
    for (IvfCalibration.Step step : calibration.steps()) {
      parameters.put(
          "recall_at_" + step.k() + "_nprobe_" + step.probes(), "%.4f".formatted(step.recall()));
    }
    return parameters;
  }

  /// Checks the lists: each row that has a vector is in exactly one, once, and behind the last row
  /// of a list there is none.
  ///
  /// @return the first violation, if there is one
  public Optional<String> findViolation(Presence presence) {
    return ListCheck.findViolation(data, presence, header);
  }

  IvfHeader header() {
    return header;
  }

  ListData data() {
    return data;
  }
}
