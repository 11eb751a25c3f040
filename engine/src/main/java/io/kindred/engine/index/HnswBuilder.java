package io.kindred.engine.index;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/// Builds the graph of a base by inserting its rows in parallel, and writes it into a file.
///
/// Upper nodes go first, those of the highest layer before all, so that the entry never changes.
/// The rows of the bottom follow in a scattered order, as neighbours in the table are often
/// neighbours in space. Owned by one thread, which works too and whose interruption ends the build.
public final class HnswBuilder {
  private final Input input;
  private final Executor executor;
  private final int threads;

  /// What is indexed. Immutable.
  ///
  /// @param rowCount ordinals `[0, rowCount)` are
  /// @param presence which of them have a vector
  public record Input(
      Metric metric, VectorRows rows, int rowCount, Presence presence, IndexSpec.Hnsw spec) {}

  /// @param executor runs the other workers
  /// @param threads workers, the calling thread included
  public HnswBuilder(Input input, Executor executor, int threads) {
    this.input = input;
    this.executor = executor;
    this.threads = Math.max(1, threads);
  }

  /// Builds the graph and writes it as the file's payload. The caller seals the file.
  ///
  /// @throws InterruptedException where the calling thread is interrupted
  public void build(SealedFile.Writer file) throws InterruptedException {
    try (Arena arena = Arena.ofShared()) {
      int m = input.spec().m();
      UpperNodes nodes = UpperNodes.choose(m, input.rowCount(), input.presence(), arena);
      Space space = Space.of(input.metric(), input.rows()).withLift(lift(arena));
      BuildGraph graph = BuildGraph.create(space, input.rowCount(), m, nodes, arena);
      int entry = entry(nodes);
      if (entry >= 0) {
        Crew<Inserter> crew = crew(graph, entry);
        insert(crew, graph, entry);
        trim(crew, graph);
      }
      write(file, graph.view(entry < 0 ? new int[0] : new int[] {entry}));
    }
  }

  private void write(SealedFile.Writer file, HnswGraph graph) {
    HnswFile.Header header =
        new HnswFile.Header(
            input.metric(),
            input.rows().dimension(),
            input.spec().m(),
            input.spec().efConstruction(),
            input.rowCount(),
            input.presence().count(input.rowCount()),
            graph.entries(),
            graph.upper().stream().mapToInt(Layer::nodeCount).toArray(),
            new Calibration(List.of(), 0));
    HnswFile.write(file, header, graph);
  }

  private Crew<Inserter> crew(BuildGraph graph, int entry) {
    List<Inserter> inserters = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      inserters.add(new Inserter(graph, entry, input.spec().m(), input.spec().efConstruction()));
    }
    return new Crew<>(executor, List.copyOf(inserters));
  }

  private void insert(Crew<Inserter> crew, BuildGraph graph, int entry)
      throws InterruptedException {
    UpperNodes nodes = graph.nodes();
    // Slot 0 is the entry: linked by those that come after it.
    crew.run(
        nodes.count(),
        (worker, slot) -> {
          if (slot > 0) {
            worker.insertEverywhere(slot);
          }
        });
    int rowCount = input.rowCount();
    int m = input.spec().m();
    long step = scatterStep(rowCount);
    crew.run(
        rowCount,
        (worker, item) -> {
          int ordinal = (int) (item * step % rowCount);
          if (ordinal != entry
              && input.presence().has(ordinal)
              && UpperNodes.level(ordinal, m) == 0) {
            worker.insertBottom(ordinal);
          }
        });
  }

  private void trim(Crew<Inserter> crew, BuildGraph graph) throws InterruptedException {
    for (BuildLayer layer : graph.upper()) {
      crew.run(layer.layer.nodeCount(), (worker, node) -> worker.trim(layer, node));
    }
    BuildLayer bottom = graph.bottom();
    crew.run(input.rowCount(), (worker, ordinal) -> worker.trim(bottom, ordinal));
  }

  private int entry(UpperNodes nodes) {
    if (nodes.count() > 0) {
      return nodes.ordinal(0);
    }
    for (int ordinal = 0; ordinal < input.rowCount(); ordinal++) {
      if (input.presence().has(ordinal)) {
        return ordinal;
      }
    }
    return -1;
  }

  /// The extra coordinate of each row under the inner product.
  private @Nullable MemorySegment lift(Arena arena) {
    if (input.metric() != Metric.DOT || input.rowCount() == 0) {
      return null;
    }
    int rowCount = input.rowCount();
    MemorySegment lift = NativeMemory.reserve((long) rowCount * Float.BYTES, arena);
    int dimension = input.rows().dimension();
    float[] row = new float[dimension];
    double squaresMax = 0;
    for (int ordinal = 0; ordinal < rowCount; ordinal++) {
      if (input.presence().has(ordinal)) {
        double squares = squares(ordinal, row);
        squaresMax = Math.max(squaresMax, squares);
        lift.setAtIndex(Space.FLOAT, ordinal, (float) squares);
      }
    }
    for (int ordinal = 0; ordinal < rowCount; ordinal++) {
      double rest = squaresMax - lift.getAtIndex(Space.FLOAT, ordinal);
      lift.setAtIndex(Space.FLOAT, ordinal, (float) Math.sqrt(Math.max(0, rest)));
    }
    return lift;
  }

  private double squares(int ordinal, float[] row) {
    input.rows().copyTo(ordinal, row);
    double squares = 0;
    for (float x : row) {
      squares += (double) x * x;
    }
    return squares;
  }

  /// A step without a common divisor with the count, near the golden section of it.
  private static long scatterStep(int count) {
    long step = Math.max(1, Math.round(count * 0.618_033_988_749_895));
    while (greatestCommonDivisor(step, count) != 1) {
      step++;
    }
    return step;
  }

  private static long greatestCommonDivisor(long a, long b) {
    return b == 0 ? a : greatestCommonDivisor(b, a % b);
  }
}
