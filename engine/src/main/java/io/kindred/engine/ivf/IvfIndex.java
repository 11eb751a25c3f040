package io.kindred.engine.ivf;

import io.kindred.engine.index.IndexSearch;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.vector.BlockScan;
import io.kindred.engine.vector.CodeBlocks;
import io.kindred.engine.vector.Kernel;
import io.kindred.engine.vector.VectorRows;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// Inverted lists over the rows of a base (Sivic and Zisserman, "Video Google", ICCV 2003; Jégou,
/// Douze and Schmid, TPAMI 2011): the lists of the centroids nearest to a query are scanned by
/// their codes, and the best of what is found is compared by its full vectors.
///
/// Immutable, thread-safe; lives as long as the arena that it was opened with, and as its rows.
public final class IvfIndex implements VectorIndex {
  /// Passing rows that are seen before their share widens a search.
  private static final int TESTED_MIN = 64;

  private final IvfHeader header;
  private final ListData data;
  private final Coarse coarse;
  private final VectorRows rows;
  private final Kernel kernel;
  private final float factor;

  IvfIndex(IvfHeader header, ListData data, Coarse coarse, VectorRows rows) {
    this.header = header;
    this.data = data;
    this.coarse = coarse;
    this.rows = rows;
    kernel = Kernel.of(header.metric());
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
  public boolean widensByItself() {
    return true;
  }

  @Override
  public IndexSearch.Path path() {
    return IndexSearch.Path.LISTS;
  }

  @Override
  public double visitsFor(int probes, double share, boolean hasBits) {
    double lists = Math.clamp(probes / share, 1, header.listCount());
    return lists * linkedCount() / header.listCount();
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
    scratch.ensureCandidates(count);
    for (int i = 0; i < count; i++) {
      scratch.ordinals[i] = scratch.candidates.id(i);
    }
    kernel.score(query, rows, scratch.ordinals, count, scratch.distances);
    for (int i = 0; i < count; i++) {
      into.offer(scratch.distances[i], scratch.ordinals[i]);
    }
  }

  /// Scans lists into the scratch's candidates, which were reset.
  void collect(float[] query, int probes, Pass pass, IvfScratch scratch) {
    int listCount = data.listCount();
    data.codec().prepare(query, factor, scratch.table);
    int wanted = Math.clamp(probes, 1, listCount);
    int asked = wanted;
    boolean isAsking = true;
    while (isAsking) {
      int found = coarse.findNearest(query, asked, scratch);
      int at = 0;
      while (at < found && scratch.lacks(wanted)) {
        int list = scratch.lists[at];
        if (scratch.isFirst(list)) {
          scanList(list, scratch.listDistances[at], pass, scratch);
          wanted = widened(probes, scratch);
        }
        at++;
      }
      isAsking = asked < listCount && scratch.lacks(wanted);
      asked = Math.min(listCount, Math.max(2 * asked, wanted));
    }
  }

  /// How many lists to scan, given which share of the rows passed so far: to find the k nearest of
  /// a share is to go as far as the k-fold of its inverse.
  private int widened(int probes, IvfScratch scratch) {
    int wanted = Math.clamp(probes, 1, data.listCount());
    if (scratch.rowsPassed == scratch.rowsTested || scratch.rowsTested < TESTED_MIN) {
      return wanted;
    }
    double inverse = (scratch.rowsTested + 1.0) / (scratch.rowsPassed + 1.0);
    double wider = wanted * Math.pow(inverse, header.calibration().growth());
    return (int) Math.min(data.listCount(), Math.ceil(wider));
  }

  private void scanList(int list, float distance, Pass pass, IvfScratch scratch) {
    BlockScan scan = scratch.scan;
    scan.over(data.codes(), data.terms(), data.codec().components());
    float base = distance + scratch.table.offset;
    int end = data.endBlock(list);
    for (int block = data.firstBlock(list); block < end; block += BlockScan.BLOCKS_MAX) {
      int count = Math.min(BlockScan.BLOCKS_MAX, end - block);
      scan.blocks(block, count);
      scan.distances(base, scratch.table.scale, scratch.candidates.bound());
      int found = data.codec().scan(scratch.table, scan);
      scratch.rowsScanned += count * (long) CodeBlocks.ROWS;
      scratch.rowsTested += found;
      keep(found, pass, scratch);
    }
    scratch.listsScanned++;
  }

  private void keep(int found, Pass pass, IvfScratch scratch) {
    BlockScan scan = scratch.scan;
    Reservoir candidates = scratch.candidates;
    int passed = 0;
    for (int i = 0; i < found; i++) {
      int ordinal = data.ordinal(scan.row(i));
      if (scan.distance(i) < candidates.bound() && pass.test(ordinal)) {
        candidates.add(scan.distance(i), ordinal);
        passed++;
      } else if (scan.distance(i) >= candidates.bound()) {
        // The bound fell meanwhile; the row was not asked.
        scratch.rowsTested--;
      }
    }
    scratch.rowsPassed += passed;
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
