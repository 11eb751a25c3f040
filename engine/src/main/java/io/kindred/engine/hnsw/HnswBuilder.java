package io.kindred.engine.hnsw;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Metric;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.disk.SealedFile;
import io.kindred.engine.index.Calibration;
import io.kindred.engine.index.Crew;
import io.kindred.engine.index.Presence;
import io.kindred.engine.quantize.ScalarQuantizer;
import io.kindred.engine.vector.CodeRows;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.GraphMemory;
import io.kindred.engine.vector.VectorRows;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/// Builds the graph of a base by inserting its rows in parallel, and writes it into a file.
///
/// The entries go first, so that walks find their way from the beginning. The other rows follow in
/// a scattered order, as neighbours in the table may be neighbours in space. Owned by one thread,
/// which works too and whose interruption ends the build.
public final class HnswBuilder {
  private static final int SAMPLE_MAX = 4_000;

  /// Fewer rows are inserted one by one: it takes seconds, and chooses a little better.
  private static final int BULK_ROWS_MIN = 20_000;

  private static final long BULK_BYTES_MAX = 2L << 30;

  /// Beam widths of the passes that look for better links.
  private static final int[] REFINEMENTS = {64};

  private final Input input;
  private final Executor executor;
  private final int threads;
  private final int linkedCount;
  private final long startedNanos = System.nanoTime();

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
      GrowingGraph graph = begin(arena);
      int[] entries = entries();
      if (isBulk()) {
        linkClusters(graph, entries);
      } else if (linkedCount > 0) {
        insert(graph, entries, entries[0], ordinal -> ordinal == entries[0]);
      }
      finish(file, graph, entries);
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
      GrowingGraph graph = begin(arena);
      List<LinkCarrier> carriers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        carriers.add(new LinkCarrier(old.links(), oldToNew, graph));
      }
      new Crew<>(executor, List.copyOf(carriers)).run(old.rowCount(), LinkCarrier::carry);
      int[] entries = entries();
      insert(graph, entries, carried.first(), carried);
      finish(file, graph, entries);
    }
  }

  /// Rows whose links are there before the insertion begins. Thread-safe.
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
        int ordinal = oldToNew.getAtIndex(Links.INT, i);
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

  private GrowingGraph begin(Arena arena) throws InterruptedException {
    ScalarQuantizer quantizer = Codes.train(input, sample());
    Codes codes = Codes.reserve(quantizer, input.rows(), input.rowCount(), arena);
    List<float[]> vectors = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      vectors.add(new float[input.rows().dimension()]);
    }
    new Crew<>(executor, List.copyOf(vectors))
        .run(
            input.rowCount(),
            (vector, ordinal) -> {
              if (input.presence().has(ordinal)) {
                input.rows().copyTo(ordinal, vector);
                codes.encode(ordinal, vector);
              }
            });
    LinkTable table = new LinkTable(input.rowCount(), 2 * input.spec().m(), arena);
    return new GrowingGraph(input.metric(), codes, table, arena);
  }

  private int[] sample() {
    int[] sample = new int[Math.min(SAMPLE_MAX, linkedCount)];
    int found = 0;
    long seen = 0;
    for (int ordinal = 0; ordinal < input.rowCount() && found < sample.length; ordinal++) {
      if (input.presence().has(ordinal) && seen++ * sample.length / linkedCount >= found) {
        sample[found++] = ordinal;
      }
    }
    return Arrays.copyOf(sample, found);
  }

  /// Whether rows are compared within clusters instead of being inserted one by one.
  private boolean isBulk() {
    return input.metric() != Metric.DOT
        && linkedCount >= BULK_ROWS_MIN
        && NearRows.sizeBytes(input.rowCount()) <= BULK_BYTES_MAX;
  }

  /// Links each row with the best of those that it shares a cluster with, then looks for better
  /// ones around them (after PiPNN, arXiv 2602.21247).
  private void linkClusters(GrowingGraph graph, int[] entries) throws InterruptedException {
    Crew<Inserter> crew = crew(graph, graph.from(entries));
    try (Arena arena = Arena.ofShared()) {
      NearRows near = new NearRows(input.rowCount(), arena);
      List<int[]> clusters =
          new Clusters(graph.codes(), executor, threads)
              .of(input.rowCount(), input.presence(), linkedCount);
      List<ClusterWorker> workers = new ArrayList<>();
      for (int i = 0; i < threads; i++) {
        workers.add(new ClusterWorker(graph.codes(), near));
      }
      new Crew<>(executor, List.copyOf(workers))
          .run(clusters.size(), (worker, i) -> worker.compare(clusters.get(i)));
      forEachRow(crew, (worker, ordinal) -> worker.link(ordinal, near));
    }
    for (int width : REFINEMENTS) {
      forEachRow(crew, (worker, ordinal) -> worker.refine(ordinal, width));
    }
  }

  private void forEachRow(Crew<Inserter> crew, Crew.Task<Inserter> task)
      throws InterruptedException {
    crew.run(
        input.rowCount(),
        (worker, ordinal) -> {
          if (input.presence().has(ordinal)) {
            task.run(worker, ordinal);
          }
        });
  }

  private int[] entries() {
    return Entries.choose(
        input.metric(), input.rows(), input.rowCount(), input.presence(), linkedCount);
  }

  /// @param first a row that walks begin from until the entries are linked
  private void insert(GrowingGraph graph, int[] entries, int first, LinkedBefore linked)
      throws InterruptedException {
    Crew<Inserter> crew = crew(graph, graph.from(new int[] {first}));
    crew.run(
        entries.length,
        (worker, i) -> {
          if (entries[i] != first && !linked.test(entries[i])) {
            worker.insert(entries[i]);
          }
        });
    GraphMemory view = graph.from(entries);
    crew.workers().forEach(worker -> worker.setView(view));
    int[] sorted = entries.clone();
    Arrays.sort(sorted);
    int rowCount = input.rowCount();
    long step = scatterStep(rowCount);
    crew.run(
        rowCount,
        (worker, item) -> {
          int ordinal = (int) (item * step % rowCount);
          if (input.presence().has(ordinal)
              && ordinal != first
              && Arrays.binarySearch(sorted, ordinal) < 0
              && !linked.test(ordinal)) {
            worker.insert(ordinal);
          }
        });
  }

  private Crew<Inserter> crew(GrowingGraph graph, GraphMemory view) {
    List<Inserter> inserters = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      inserters.add(new Inserter(graph, view, input.spec().efConstruction()));
    }
    return new Crew<>(executor, List.copyOf(inserters));
  }

  private void finish(SealedFile.Writer file, GrowingGraph graph, int[] entries)
      throws InterruptedException {
    GraphMemory view = graph.from(entries);
    Crew<Inserter> crew = crew(graph, view);
    crew.run(input.rowCount(), Inserter::trim);
    Links links = graph.table().links;
    Reach reach = new Reach(links, graph.arena());
    for (int entry : entries) {
      reach.add(entry);
    }
    if (reach.count() < linkedCount) {
      attachRest(graph, crew.workers().get(0), entries, reach);
    }
    Calibration calibration = calibrate(graph, view);
    IndexSpec.Hnsw spec = input.spec();
    HnswFile.Header header =
        new HnswFile.Header(
            input.metric(),
            input.rows().dimension(),
            spec.m(),
            spec.efConstruction(),
            spec.quantization(),
            input.rowCount(),
            linkedCount,
            entries.length,
            graph.codes().quantizer().step(),
            calibration,
            TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - startedNanos));
    HnswFile.write(file, header, new HnswFile.Parts(entries, links, graph.codes()));
  }

  /// Makes every row reachable. Short rows under the inner product are no row's nearest; they are
  /// linked from those that point the same way.
  private void attachRest(GrowingGraph graph, Inserter worker, int[] entries, Reach reach)
      throws InterruptedException {
    Codes codes = graph.codes();
    CodeRows rows =
        input.metric() == Metric.DOT
            ? codes.byAngle(GraphKernel.best(), worker.walk(), graph.arena())
            : codes.rows();
    Links links = graph.table().links;
    GraphMemory near =
        new GraphMemory(
            rows,
            links.data(),
            links.stride(),
            links.rowCount(),
            Entries.memory(input.metric(), codes, entries, graph.arena()),
            graph.arena());
    for (int ordinal = 0; reach.count() < linkedCount && ordinal < input.rowCount(); ordinal++) {
      if (input.presence().has(ordinal) && !reach.has(ordinal)) {
        worker.attach(ordinal, near, reach);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("index build");
      }
    }
  }

  private Calibration calibrate(GrowingGraph graph, GraphMemory view) throws InterruptedException {
    if (linkedCount == 0) {
      return new Calibration(List.of(), 0);
    }
    GraphSearch search = new GraphSearch(input.metric(), view, graph.codes(), input.rows());
    List<Calibrator> calibrators = new ArrayList<>();
    for (int i = 0; i < threads; i++) {
      calibrators.add(new Calibrator(search, input.presence(), input.rowCount()));
    }
    int samples = Calibrator.sampleCount(linkedCount, input.rows().dimension());
    new Crew<>(executor, List.copyOf(calibrators)).run(samples, Calibrator::measure);
    return Calibrator.combine(calibrators);
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
