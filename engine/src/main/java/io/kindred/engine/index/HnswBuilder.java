package io.kindred.engine.index;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executor;

/// Builds the graph of a base by inserting its rows in parallel, and writes it into a file.
///
/// Upper nodes go first, those of the highest layer before all, so that the entry never changes.
/// The rows of the bottom follow in a scattered order, as neighbours in the table are often
/// neighbours in space. Owned by one thread, which works too and whose interruption ends the build.
public final class HnswBuilder {
  private final Input input;
  private final Executor executor;
  private final int threads;
  private final int linkedCount;

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
    linkedCount = input.presence().count(input.rowCount());
  }

  /// Builds the graph and writes it as the file's payload. The caller seals the file.
  ///
  /// @throws InterruptedException where the calling thread is interrupted
  public void build(SealedFile.Writer file) throws InterruptedException {
    try (Arena arena = Arena.ofShared()) {
      UpperNodes nodes = chooseUpper(arena);
      int entry = nodes.count() > 0 ? nodes.ordinal(0) : firstPresent();
      BuildGraph graph = graph(nodes, arena);
      if (entry >= 0) {
        Crew<Inserter> crew = crew(graph, entry);
        insertRows(crew, graph, ordinal -> ordinal == entry);
        finish(crew, graph, entry, arena);
      }
      write(file, graph.view(entry < 0 ? new int[0] : new int[] {entry}));
    }
  }

  /// Builds the graph from that of an older base: links between rows that are still there are kept,
  /// those around rows that are gone are repaired, new rows are inserted. Where fewer than half of
  /// the rows can be kept, everything is built anew.
  ///
  /// @param oldToNew the ordinal here of each ordinal there, int32, negative where the row or its
  ///   vector is gone or changed
  /// @throws InterruptedException where the calling thread is interrupted
  public void fold(HnswIndex old, MemorySegment oldToNew, SealedFile.Writer file)
      throws InterruptedException {
    try (Arena arena = Arena.ofShared()) {
      Carried carried = Carried.of(old, oldToNew, input.rowCount(), arena);
      if (carried.count() == 0
          || carried.count() < linkedCount / 2
          || carried.count() < old.linkedCount() / 2) {
        build(file);
        return;
      }
      BuildGraph graph = graph(chooseUpper(arena), arena);
      carryLinks(old, oldToNew, graph);
      Crew<Inserter> crew = crew(graph, carried.first());
      insertRows(crew, graph, carried);
      finish(crew, graph, carried.first(), arena);
      write(file, graph.view(new int[] {carried.first()}));
    }
  }

  /// Rows whose bottom links are there before the insertion begins. Thread-safe.
  interface LinkedBefore {
    boolean test(int ordinal);
  }

  /// Rows whose links come from an older graph. Immutable, thread-safe.
  ///
  /// @param marks one byte for each ordinal
  /// @param first one of them, or -1
  private record Carried(MemorySegment marks, int count, int first) implements LinkedBefore {
    static Carried of(HnswIndex old, MemorySegment oldToNew, int rowCount, Arena arena) {
      MemorySegment marks = NativeMemory.reserve(Math.max(1, rowCount), arena);
      int count = 0;
      int first = -1;
      for (int i = 0; i < old.rowCount(); i++) {
        int ordinal = oldToNew.getAtIndex(Layer.INT, i);
        if (ordinal >= 0 && old.hasLinks(i)) {
          marks.set(ValueLayout.JAVA_BYTE, ordinal, (byte) 1);
          first = first < 0 ? ordinal : first;
          count++;
        }
      }
      return new Carried(marks, count, first);
    }

    @Override
    public boolean test(int ordinal) {
      return marks.get(ValueLayout.JAVA_BYTE, ordinal) != 0;
    }
  }

  private UpperNodes chooseUpper(Arena arena) {
    return UpperNodes.choose(input.spec().m(), input.rowCount(), input.presence(), arena);
  }

  private BuildGraph graph(UpperNodes nodes, Arena arena) {
    Space space = Space.of(input.metric(), input.rows());
    return BuildGraph.create(space, input.rowCount(), input.spec().m(), nodes, arena);
  }

  private Calibration calibrate(HnswGraph graph) throws InterruptedException {
    if (graph.isEmpty()) {
      return new Calibration(List.of(), 0);
    }
    List<Calibrator> calibrators = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      calibrators.add(new Calibrator(graph, input.presence(), input.rowCount()));
    }
    int samples = Calibrator.sampleCount(linkedCount, input.rows().dimension());
    new Crew<>(executor, List.copyOf(calibrators)).run(samples, Calibrator::measure);
    return Calibrator.combine(calibrators);
  }

  private void write(SealedFile.Writer file, HnswGraph graph) throws InterruptedException {
    HnswFile.Header header =
        new HnswFile.Header(
            input.metric(),
            input.rows().dimension(),
            input.spec().m(),
            input.spec().efConstruction(),
            input.rowCount(),
            linkedCount,
            graph.entries(),
            graph.upper().stream().mapToInt(Layer::nodeCount).toArray(),
            calibrate(graph));
    HnswFile.write(file, header, graph);
  }

  private Crew<Inserter> crew(BuildGraph graph, int entry) {
    List<Inserter> inserters = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      inserters.add(new Inserter(graph, entry, input.spec().m(), input.spec().efConstruction()));
    }
    return new Crew<>(executor, List.copyOf(inserters));
  }

  private void carryLinks(HnswIndex old, MemorySegment oldToNew, BuildGraph graph)
      throws InterruptedException {
    List<LinkCarrier> carriers = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      carriers.add(new LinkCarrier(old.graph().bottom(), oldToNew, graph));
    }
    new Crew<>(executor, List.copyOf(carriers)).run(old.rowCount(), LinkCarrier::carry);
  }

  private void insertRows(Crew<Inserter> crew, BuildGraph graph, LinkedBefore linked)
      throws InterruptedException {
    UpperNodes nodes = graph.nodes();
    // Slot 0 is the entry of the upper layers: linked there by those that come after it.
    if (nodes.count() > 0 && !linked.test(nodes.ordinal(0))) {
      crew.workers().get(0).insertEntry(nodes.ordinal(0));
    }
    crew.run(
        nodes.count(),
        (worker, slot) -> {
          if (slot > 0 && linked.test(nodes.ordinal(slot))) {
            worker.insertAbove(slot);
          } else if (slot > 0) {
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
          if (input.presence().has(ordinal)
              && UpperNodes.level(ordinal, m) == 0
              && !linked.test(ordinal)) {
            worker.insertBottom(ordinal);
          }
        });
  }

  private void finish(Crew<Inserter> crew, BuildGraph graph, int entry, Arena arena)
      throws InterruptedException {
    trim(crew, graph);
    Reach reach = new Reach(graph.bottom().layer, arena);
    reach.add(entry);
    Inserter worker = crew.workers().get(0);
    for (int ordinal = 0; reach.count() < linkedCount && ordinal < input.rowCount(); ordinal++) {
      if (input.presence().has(ordinal) && !reach.has(ordinal)) {
        worker.attach(ordinal, reach);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("index build");
      }
    }
  }

  private void trim(Crew<Inserter> crew, BuildGraph graph) throws InterruptedException {
    for (BuildLayer layer : graph.upper()) {
      crew.run(layer.layer.nodeCount(), (worker, node) -> worker.trim(layer, node));
    }
    BuildLayer bottom = graph.bottom();
    crew.run(input.rowCount(), (worker, ordinal) -> worker.trim(bottom, ordinal));
  }

  /// The first row that has a vector, or -1.
  private int firstPresent() {
    for (int ordinal = 0; ordinal < input.rowCount(); ordinal++) {
      if (input.presence().has(ordinal)) {
        return ordinal;
      }
    }
    return -1;
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
