package io.kindred.engine.hnsw;

import io.kindred.engine.Metric;
import io.kindred.engine.disk.NativeMemory;
import io.kindred.engine.index.Crew;
import io.kindred.engine.vector.CodeRows;
import io.kindred.engine.vector.GraphKernel;
import io.kindred.engine.vector.GraphMemory;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// Links the rows of one or several disjoint sets, each into a graph with entries of its own; they
/// share the codes and one table of links.
///
/// The entries go first, so that walks find their way from the beginning. The other rows follow in
/// a scattered order, as neighbours in the table may be neighbours in space. Owned by one thread,
/// which works too and whose interruption ends the build.
final class GraphLinker {
  /// Fewer rows are inserted one by one: it takes seconds, and chooses a little better.
  private static final int BULK_ROWS_MIN = 20_000;

  private static final long BULK_BYTES_MAX = 2L << 30;

  /// Beam widths of the passes that look for better links.
  private static final int[] REFINEMENTS = {64};

  private final HnswBuilder.Input input;
  private final Workers workers;
  private final GrowingGraph graph;
  private final List<RowSet> sets;
  private final List<int[]> entries = new ArrayList<>();
  private final Crew<Inserter> crew;
  private final Reach reach;
  private @Nullable CodeRows byAngle;

  /// @param graph without links
  GraphLinker(HnswBuilder.Input input, Workers workers, GrowingGraph graph, List<RowSet> sets) {
    this.input = input;
    this.workers = workers;
    this.graph = graph;
    this.sets = sets;
    GraphMemory empty = graph.from(new int[0]);
    crew = workers.crew(() -> new Inserter(graph, empty, input.spec().efConstruction()));
    reach = new Reach(graph.table().links, graph.arena());
  }

  /// Links all rows anew.
  void build() throws InterruptedException {
    for (RowSet set : sets) {
      int[] chosen = Entries.choose(input.metric(), input.rows(), set);
      linkAnew(set, chosen);
      finish(set, chosen);
    }
  }

  /// Carries the links of older graphs over to rows that are still in the same set, repairs those
  /// around rows that are gone, and inserts the others. A set of which fewer than half can be
  /// carried is linked anew.
  ///
  /// @param oldToNew the ordinal here of each ordinal there, int32, negative where the row or its
  ///   vector is gone or changed
  void fold(OldGraphs old, MemorySegment oldToNew) throws InterruptedException {
    if (sets.isEmpty()) {
      return;
    }
    try (Arena arena = Arena.ofShared()) {
      RowGroups groups = RowGroups.of(sets, input.rowCount(), arena);
      Carried carried =
          Carried.of(old, oldToNew, groups, new Carried.Size(input.rowCount(), sets), arena);
      RowGroups kept =
          ordinal -> {
            int group = groups.of(ordinal);
            return group >= 0 && carried.isWorthIt(group) ? group : RowGroups.NONE;
          };
      workers
          .crew(() -> new LinkCarrier(old.links(), oldToNew, kept, graph))
          .run(old.links().rowCount(), LinkCarrier::carry);
      for (int group = 0; group < sets.size(); group++) {
        RowSet set = sets.get(group);
        int[] chosen = Entries.choose(input.metric(), input.rows(), set);
        if (carried.isWorthIt(group)) {
          insert(set, chosen, carried.firsts()[group], carried);
        } else {
          linkAnew(set, chosen);
        }
        finish(set, chosen);
      }
    }
  }

  Links links() {
    return graph.table().links;
  }

  /// The graph as walks from these rows see it.
  GraphMemory from(int[] chosen) {
    return graph.from(chosen);
  }

  /// Where walks begin, by set.
  List<int[]> entries() {
    return List.copyOf(entries);
  }

  /// Graphs of an older base.
  ///
  /// @param entries by graph
  /// @param counts linked rows, by graph
  record OldGraphs(Links links, List<int[]> entries, int[] counts) {}

  /// Rows whose links are there before the insertion begins. Thread-safe.
  private interface LinkedBefore {
    boolean test(int ordinal);
  }

  /// Rows whose links come from an older graph. Immutable, thread-safe.
  ///
  /// @param marks one byte for each ordinal
  /// @param counts how many, by set
  /// @param firsts one of them, or -1, by set
  /// @param least how many have to be for the set to be worth it
  private record Carried(MemorySegment marks, int[] counts, int[] firsts, int[] least)
      implements LinkedBefore {

    /// The new rows.
    record Size(int rowCount, List<RowSet> sets) {}

    static Carried of(
        OldGraphs old, MemorySegment oldToNew, RowGroups groups, Size size, Arena arena) {
      MemorySegment marks = NativeMemory.reserve(Math.max(1, size.rowCount()), arena);
      int setCount = size.sets().size();
      int[] counts = new int[setCount];
      int[] firsts = new int[setCount];
      Arrays.fill(firsts, -1);
      for (int i = 0; i < old.links().rowCount(); i++) {
        int ordinal = oldToNew.getAtIndex(Links.INT, i);
        int group = ordinal < 0 ? RowGroups.NONE : groups.of(ordinal);
        if (group >= 0 && old.links().get(i, 0) >= 0) {
          marks.set(ValueLayout.JAVA_BYTE, ordinal, (byte) 1);
          firsts[group] = firsts[group] < 0 ? ordinal : firsts[group];
          counts[group]++;
        }
      }
      int[] least = new int[setCount];
      for (int group = 0; group < setCount; group++) {
        least[group] = Math.max(1, size.sets().get(group).count() / 2);
      }
      for (int i = 0; i < old.entries().size(); i++) {
        int group = groupOf(old.entries().get(i), oldToNew, groups);
        if (group >= 0) {
          least[group] = Math.max(least[group], old.counts()[i] / 2);
        }
      }
      return new Carried(marks, counts, firsts, least);
    }

    /// The set that an older graph has become, as one of its entries tells.
    private static int groupOf(int[] entries, MemorySegment oldToNew, RowGroups groups) {
      for (int entry : entries) {
        int ordinal = oldToNew.getAtIndex(Links.INT, entry);
        if (ordinal >= 0 && groups.of(ordinal) >= 0) {
          return groups.of(ordinal);
        }
      }
      return RowGroups.NONE;
    }

    boolean isWorthIt(int group) {
      return counts[group] >= least[group];
    }

    @Override
    public boolean test(int ordinal) {
      return marks.get(ValueLayout.JAVA_BYTE, ordinal) != 0;
    }
  }

  private void linkAnew(RowSet set, int[] chosen) throws InterruptedException {
    if (isBulk(set)) {
      linkClusters(set, chosen);
    } else if (set.count() > 0) {
      insert(set, chosen, chosen[0], ordinal -> ordinal == chosen[0]);
    }
  }

  /// Whether rows are compared within clusters instead of being inserted one by one.
  private boolean isBulk(RowSet set) {
    return input.metric() != Metric.DOT
        && set.count() >= BULK_ROWS_MIN
        && NearRows.sizeBytes(input.rowCount()) <= BULK_BYTES_MAX;
  }

  /// Links each row with the best of those that it shares a cluster with, then looks for better
  /// ones around them (after PiPNN, arXiv 2602.21247).
  private void linkClusters(RowSet set, int[] chosen) throws InterruptedException {
    startFrom(graph.from(chosen));
    try (Arena arena = Arena.ofShared()) {
      NearRows near = new NearRows(input.rowCount(), arena);
      List<int[]> clusters = new Clusters(graph.codes(), workers).of(set);
      workers
          .crew(() -> new ClusterWorker(graph.codes(), near))
          .run(clusters.size(), (worker, i) -> worker.compare(clusters.get(i)));
      crew.run(set.count(), (worker, i) -> worker.link(set.get(i), near));
    }
    for (int width : REFINEMENTS) {
      crew.run(set.count(), (worker, i) -> worker.refine(set.get(i), width));
    }
  }

  /// @param first a row that walks begin from until the entries are linked
  private void insert(RowSet set, int[] chosen, int first, LinkedBefore linked)
      throws InterruptedException {
    startFrom(graph.from(new int[] {first}));
    crew.run(
        chosen.length,
        (worker, i) -> {
          if (chosen[i] != first && !linked.test(chosen[i])) {
            worker.insert(chosen[i]);
          }
        });
    startFrom(graph.from(chosen));
    int[] sorted = chosen.clone();
    Arrays.sort(sorted);
    int count = set.count();
    long step = scatterStep(count);
    crew.run(
        count,
        (worker, item) -> {
          int ordinal = set.get((int) (item * step % count));
          if (ordinal != first
              && Arrays.binarySearch(sorted, ordinal) < 0
              && !linked.test(ordinal)) {
            worker.insert(ordinal);
          }
        });
  }

  private void startFrom(GraphMemory view) {
    crew.workers().forEach(worker -> worker.setView(view));
  }

  private void finish(RowSet set, int[] chosen) throws InterruptedException {
    crew.run(set.count(), (worker, i) -> worker.trim(set.get(i)));
    int wanted = reach.count() + set.count();
    for (int entry : chosen) {
      reach.add(entry);
    }
    if (reach.count() < wanted) {
      attachRest(set, chosen, wanted);
    }
    entries.add(chosen);
  }

  /// Makes every row reachable. Short rows under the inner product are no row's nearest; they are
  /// linked from those that point the same way.
  private void attachRest(RowSet set, int[] chosen, int wanted) throws InterruptedException {
    Inserter worker = crew.workers().get(0);
    Links links = graph.table().links;
    GraphMemory near =
        new GraphMemory(
            comparedByAngle(worker),
            links.data(),
            links.stride(),
            links.rowCount(),
            Entries.memory(input.metric(), graph.codes(), chosen, graph.arena()),
            graph.arena());
    for (int i = 0; reach.count() < wanted; i++) {
      int ordinal = set.get(i);
      if (!reach.has(ordinal)) {
        worker.attach(ordinal, near, reach);
      }
      if (Thread.interrupted()) {
        throw new InterruptedException("index build");
      }
    }
  }

  private CodeRows comparedByAngle(Inserter worker) {
    if (input.metric() != Metric.DOT) {
      return graph.codes().rows();
    }
    CodeRows made = byAngle;
    if (made == null) {
      made = graph.codes().byAngle(GraphKernel.best(), worker.walk(), graph.arena());
      byAngle = made;
    }
    return made;
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
