package io.kindred.engine.hnsw;

import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Quantization;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.Calibration;
import io.kindred.engine.index.OrdinalList;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.PassBits;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.SearchCosts;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.vector.GraphMemory;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;

/// A navigable small world graph over the rows of a base (Malkov and Yashunin, arXiv 1603.09320),
/// whose walks begin at the nearest of some [Entries] instead of descending through layers.
/// Immutable, thread-safe; lives as long as the arena that it was opened with, and as its rows.
public final class HnswIndex implements VectorIndex {
  public static final SealedFile.Format FORMAT =
      new SealedFile.Format(HnswLayout.NAME, HnswLayout.VERSION);

  private final HnswFile.Header header;
  private final HnswFile.Parts parts;
  private final GraphSearch search;

  /// Those with a graph of their own, ascending.
  private final int[] partitionNumbers;

  private final PartitionGraph[] partitions;

  private HnswIndex(
      HnswFile.Header header, HnswFile.Parts parts, Metric metric, VectorRows rows, Arena arena) {
    this.header = header;
    this.parts = parts;
    search = search(metric, rows, parts.links(), parts.entries(), arena);
    partitions = new PartitionGraph[parts.partitions().size()];
    partitionNumbers = new int[partitions.length];
    for (int i = 0; i < partitions.length; i++) {
      HnswFile.Partition partition = parts.partitions().get(i);
      partitionNumbers[i] = partition.number();
      GraphSearch within = search(metric, rows, parts.partitionLinks(), partition.entries(), arena);
      partitions[i] = new PartitionGraph(this, within, partition.linkedCount());
    }
  }

  private GraphSearch search(
      Metric metric, VectorRows rows, Links links, int[] entries, Arena arena) {
    Codes codes = parts.codes();
    GraphMemory graph =
        new GraphMemory(
            codes.rows(),
            links.data(),
            links.stride(),
            header.rowCount(),
            Entries.memory(metric, codes, entries, arena),
            arena);
    return new GraphSearch(metric, graph, codes, rows);
  }

  /// Opens an index: what a walk reads is copied into memory, so the file may be closed afterwards.
  ///
  /// @param rows those that the graph was built over
  /// @throws KindredException `CORRUPT` where the file is damaged or was built over other rows
  public static HnswIndex open(
      SealedFile file, Metric metric, VectorRows rows, int rowCount, Arena arena) {
    HnswFile.Header header = HnswFile.header(file);
    if (header.metric() != metric
        || header.rowCount() != rowCount
        || header.dimension() != rows.dimension()) {
      throw file.damaged(
          header.metric() + ", " + header.rowCount() + " rows × " + header.dimension(),
          metric + ", " + rowCount + " rows × " + rows.dimension());
    }
    return new HnswIndex(header, HnswFile.read(file, header, rows, arena), metric, rows, arena);
  }

  @Override
  public String kind() {
    return "hnsw";
  }

  @Override
  public long linkedCount() {
    return header.linkedCount();
  }

  @Override
  public void search(float[] query, int ef, Pass pass, SearchContext context, TopK into) {
    if (parts.entries().length > 0) {
      search.search(query, Math.max(ef, into.k()), pass, context, into);
    }
  }

  @Override
  public double visitsFor(int breadth, double share, boolean asksBits) {
    return Math.min((double) header.linkedCount(), visits(breadth, share, asksBits));
  }

  /// Around rows that do not pass; what it takes to read their links is counted in rows. Measured
  /// on 200,000 × 128.
  static double visits(int breadth, double share, boolean asksBits) {
    return asksBits
        ? SearchCosts.visits(breadth) * (1.4 + 0.075 / share)
        : SearchCosts.visits(breadth / share);
  }

  @Override
  public double shareNear(float[] query, PassBits bits, SearchContext context) {
    return search.shareNear(query, bits, context);
  }

  @Override
  public double codeNanos() {
    return header.quantization() == Quantization.NONE
        ? VectorIndex.super.codeNanos()
        : SearchCosts.codeNanos(search.codes().rows().strideBytes());
  }

  @Override
  public void scanCodes(float[] query, int breadth, Pass pass, SearchContext context, TopK into) {
    search.scan(query, breadth, pass, context, into);
  }

  @Override
  public @Nullable VectorIndex ofPartition(OrdinalList partition) {
    int at = Arrays.binarySearch(partitionNumbers, partition.number());
    return at < 0 ? null : partitions[at];
  }

  @Override
  public int efFor(double recall, int k) {
    return header.calibration().efFor(recall, k);
  }

  @Override
  public Map<String, String> parameters() {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("m", Integer.toString(header.m()));
    parameters.put("ef_construction", Integer.toString(header.efConstruction()));
    parameters.put("quantization", header.quantization().label());
    parameters.put("entries", Integer.toString(header.entryCount()));
    parameters.put("partition_graphs", Integer.toString(partitions.length));
    parameters.put("build_ms", Long.toString(header.buildMillis()));
    parameters.put("calibration_queries", Integer.toString(header.calibration().sampleCount()));
    for (Calibration.Step step : header.calibration().steps()) {
      parameters.put("recall_at_" + step.k() + "_ef_" + step.ef(), "%.4f".formatted(step.recall()));
    }
    return parameters;
  }

  /// Checks the graph: every link leads to another row that has a vector, none follows an end mark,
  /// and every row that has a vector can be reached.
  ///
  /// @return the first violation, if there is one
  public Optional<String> findViolation(Presence presence) {
    return GraphCheck.findViolation(parts.links(), parts.entries(), presence, header.linkedCount());
  }

  /// Checks the graphs of partitions: every link leads to another row of the same partition, none
  /// follows an end mark, and every row of the partition that has a vector can be reached.
  ///
  /// @param byNumber the base's partitions; null for a number that it does not have
  /// @return the first violation, if there is one
  public Optional<String> findPartitionViolation(
      Presence presence, IntFunction<@Nullable OrdinalList> byNumber) {
    return GraphCheck.findPartitionViolation(parts, presence, byNumber);
  }

  GraphLinker.OldGraphs wholeGraph() {
    return new GraphLinker.OldGraphs(
        parts.links(), List.of(parts.entries()), new int[] {header.linkedCount()});
  }

  GraphLinker.OldGraphs partitionGraphs() {
    return new GraphLinker.OldGraphs(
        parts.partitionLinks(),
        parts.partitions().stream().map(HnswFile.Partition::entries).toList(),
        parts.partitions().stream().mapToInt(HnswFile.Partition::linkedCount).toArray());
  }

  Links links() {
    return parts.links();
  }
}
