package io.kindred.engine.hnsw;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.index.Pass;
import io.kindred.engine.index.Presence;
import io.kindred.engine.index.SearchContext;
import io.kindred.engine.index.TopK;
import io.kindred.engine.index.VectorIndex;
import io.kindred.engine.quantize.ScalarQuantizer;
import io.kindred.engine.vector.GraphMemory;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/// A graph over rows that are still being added: one thread links them in their order, any thread
/// searches those that are linked.
///
/// Lives as long as the arena that it was made with, and as its rows.
public final class LiveGraph {
  /// Fewer rows are compared one by one as quickly, and tell too little of those to come.
  public static final int ROWS_MIN = 512;

  private static final int EF_CONSTRUCTION_MAX = 100;

  private final Input input;
  private final GrowingGraph graph;
  private final Inserter inserter;
  private final float[] vector;

  /// Linked rows that have a vector.
  private int linkedCount;

  /// Rows at which the entries are chosen anew.
  private int nextEntries = 1;

  private volatile Snapshot snapshot;

  /// What is indexed. Immutable; the rows grow.
  ///
  /// @param rowsMax rows that there will be at most
  /// @param presence which of them have a vector, once they are there
  public record Input(
      Metric metric, VectorRows rows, int rowsMax, Presence presence, IndexSpec.Hnsw spec) {}

  /// A graph without rows.
  ///
  /// @param size rows that are there already: the codes are fitted to them
  public LiveGraph(Input input, int size, Arena arena) {
    this.input = input;
    vector = new float[input.rows().dimension()];
    int[] sample = new int[size];
    int count = 0;
    for (int ordinal = 0; ordinal < size; ordinal++) {
      if (input.presence().has(ordinal)) {
        sample[count++] = ordinal;
      }
    }
    ScalarQuantizer quantizer =
        ScalarQuantizer.train(
            input.metric(),
            input.spec().quantization(),
            input.rows(),
            java.util.Arrays.copyOf(sample, count));
    Codes codes = Codes.reserve(quantizer, input.rows(), input.rowsMax(), arena);
    LinkTable table = new LinkTable(input.rowsMax(), 2 * input.spec().m(), arena);
    graph = new GrowingGraph(input.metric(), codes, table, arena);
    GraphMemory empty = graph.from(new int[0]);
    int width = Math.min(EF_CONSTRUCTION_MAX, input.spec().efConstruction());
    inserter = new Inserter(graph, empty, width);
    snapshot = new Snapshot(0, 0, null);
  }

  /// Links the rows up to this one. Called by one thread at a time.
  ///
  /// @param size rows `[0, size)` are there
  public void linkTo(int size, BooleanSupplier isStopped) {
    for (int ordinal = snapshot.rowCount; ordinal < size && !isStopped.getAsBoolean(); ordinal++) {
      GraphSearch search = snapshot.search;
      if (input.presence().has(ordinal)) {
        input.rows().copyTo(ordinal, vector);
        graph.codes().encode(ordinal, vector);
        if (linkedCount++ > 0) {
          inserter.insert(ordinal);
        }
        if (linkedCount >= nextEntries) {
          nextEntries = 2 * linkedCount;
          search = chooseEntries(ordinal + 1);
        }
      }
      snapshot = new Snapshot(ordinal + 1, linkedCount, search);
    }
  }

  private GraphSearch chooseEntries(int rowCount) {
    int[] entries;
    try (Arena whileChoosing = Arena.ofConfined()) {
      RowSet linked = RowSet.of(rowCount, input.presence(), whileChoosing);
      entries = Entries.choose(input.metric(), input.rows(), linked);
    }
    GraphMemory view = graph.from(entries);
    inserter.setView(view);
    return new GraphSearch(input.metric(), view, graph.codes(), input.rows());
  }

  /// Memory in use once so many rows are linked, all of it off-heap.
  public long memoryBytes(int rowCount) {
    long codes = graph.codes().isOwn() ? rowCount * graph.codes().quantizer().strideBytes() : 0;
    return codes + (long) rowCount * Float.BYTES + graph.table().memoryBytes(rowCount);
  }

  /// What is linked by now.
  public Snapshot snapshot() {
    return snapshot;
  }

  /// The rows that were linked at a moment. Immutable, thread-safe.
  public static final class Snapshot implements VectorIndex {
    private final int rowCount;
    private final int linkedCount;
    private final @Nullable GraphSearch search;

    private Snapshot(int rowCount, int linkedCount, @Nullable GraphSearch search) {
      this.rowCount = rowCount;
      this.linkedCount = linkedCount;
      this.search = search;
    }

    /// Rows `[0, rowCount)` are linked, as far as they have a vector.
    public int rowCount() {
      return rowCount;
    }

    @Override
    public String kind() {
      return "hnsw";
    }

    @Override
    public long linkedCount() {
      return linkedCount;
    }

    @Override
    public void search(float[] query, int ef, Pass pass, SearchContext context, TopK into) {
      if (search != null) {
        // A row that is linked meanwhile is not the snapshot's.
        Pass within = ordinal -> ordinal < rowCount && pass.test(ordinal);
        search.search(query, Math.max(ef, into.k()), within, context, into);
      }
    }

    @Override
    public int smallRows() {
      return ROWS_MIN;
    }

    /// In a graph of some thousand rows a quarter of what a walk visits in a large one.
    @Override
    public double visitsFor(int breadth, double share, boolean asksBits) {
      return VectorIndex.super.visitsFor(breadth, share, asksBits) / 4;
    }

    /// Few of the nearest rows of a table are in its delta, so missing one costs little: half as
    /// wide a beam as it takes on some ten thousand rows of most sets that we have.
    @Override
    public int efFor(double recall, int k) {
      return (int) Math.min(10_000, k + 12 * 0.05 / (1 - recall));
    }

    @Override
    public Map<String, String> parameters() {
      return Map.of();
    }
  }
}
