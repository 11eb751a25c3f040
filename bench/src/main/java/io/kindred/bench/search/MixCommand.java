package io.kindred.bench.search;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.report.Figure;
import io.kindred.bench.report.ProcessMemory;
import io.kindred.bench.report.Report;
import io.kindred.bench.store.Pause;
import io.kindred.bench.vectors.ExactSearch;
import io.kindred.bench.vectors.Truth;
import io.kindred.bench.vectors.VectorFile;
import io.kindred.bench.vectors.VectorSet;
import io.kindred.engine.Key;
import io.kindred.engine.Projection;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoredRow;
import io.kindred.engine.TableInfo;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicLongArray;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Everything at once, and whether the table is then as it should be.
@Command(
    name = "mix",
    description = {
      "Searches, inserts, deletes and folds at once for a while. Every search must return k rows,"
          + " none of which was gone when it began; at the end the rows, their count, recall and"
          + " memory must be where they should be. Status 1 when one is not."
    },
    mixinStandardHelpOptions = true)
public final class MixCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final double WANTED_RECALL = 0.95;
  private static final double RECALL_LOSS = -0.01;
  private static final int RECALL_QUERIES = 1_000;
  private static final int GET_ROWS = 500;
  private static final int FOLD_ROWS = 2_000;

  /// Over the memory before: garbage, and pages that were not touched then.
  private static final double MEMORY_TIMES = 1.3;

  private static final double MEMORY_BESIDES_MEGABYTES = 128;

  /// The share of the file's rows that is in the table at first, about which it then moves.
  private static final double PRESENT = 0.8;

  private static final double PRESENT_SWAY = 0.1;

  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final IndexOptions index = new IndexOptions();

  @Option(names = "--minutes", paramLabel = "N", description = "How long. Default: 10.")
  private double minutes = 10;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Rows a second that are put or deleted, at most. Default: 1000.")
  private int rate = 1_000;

  @Option(names = "--seed", paramLabel = "N", description = "Of the order. Default: 1.")
  private long seed = 1;

  @Override
  public Integer call() {
    if (!(minutes > 0 && minutes <= 1_440)) {
      throw new BadInputException("--minutes", minutes, "above 0, at most 1440");
    }
    Ranges.require("--rate", rate, 1, 1_000_000);
    Report report = new Report("mix", System.out);
    VectorSet set = data.resolve("125000x128");
    try (VectorFile base = VectorFile.open(set.base());
        VectorFile queryFile = VectorFile.open(set.queries())) {
      DataOptions.requireSameDimension(base, queryFile);
      Ranges.require(base.path() + ": vectors", base.count(), 1_000, Integer.MAX_VALUE);
      RowPool pool = new RowPool(base.count(), (int) (base.count() * PRESENT), seed);
      var vector = index.vector(base.dimension(), set.metric());
      var plan = new SearchTable.Plan(vector, Map.of(), index.threads());
      report.progress("seed " + seed + ", loading and building " + pool.presentCount() + " rows");
      try (SearchTable table = SearchTable.load(plan, base::vector, pool.present())) {
        new Run(report, table, pool, queryFile, new ExactSearch(base, set.metric())).run();
      }
    }
    report.print();
    return report.isMet() ? 0 : 1;
  }

  /// One run of the command. Its main thread starts the others and checks the end.
  private final class Run {
    private final Report report;
    private final SearchTable table;
    private final RowPool pool;
    private final float[][] queries;
    private final ExactSearch exact;
    private final SearchCall call;

    /// When each row was known to be gone, by `System.nanoTime`; or [#PRESENT_OR_COMING].
    private final AtomicLongArray goneSince;

    private static final long PRESENT_OR_COMING = Long.MAX_VALUE;

    private final AtomicBoolean isOver = new AtomicBoolean();
    private final AtomicLong folds = new AtomicLong();
    private final AtomicLong inserted = new AtomicLong();
    private final AtomicLong deleted = new AtomicLong();

    Run(Report report, SearchTable table, RowPool pool, VectorFile queries, ExactSearch exact) {
      this.report = report;
      this.table = table;
      this.pool = pool;
      this.queries = queries.head(Integer.MAX_VALUE);
      this.exact = exact;
      call = new SearchCall(table.table(), K, SearchCall.recall(WANTED_RECALL));
      goneSince = new AtomicLongArray(exact.base().count());
      BitSet present = pool.bits();
      long now = System.nanoTime();
      for (int row = 0; row < goneSince.length(); row++) {
        goneSince.set(row, present.get(row) ? PRESENT_OR_COMING : now);
      }
    }

    void run() {
      State before = state();
      report.progress("searching, inserting, deleting and folding for " + minutes + " minutes");
      CompletableFuture<Void> writer = start(this::write);
      CompletableFuture<Void> folder = start(this::fold);
      Watch watch = new Watch();
      Load.Outcome searched;
      try {
        searched = new Load(call, queries, 1).run(minutes * 60, watch);
      } finally {
        isOver.set(true);
      }
      await(writer);
      await(folder);
      table.table().fold();
      table.awaitQuiet();
      add(searched, watch);
      addEnd(before, state());
    }

    /// What the table holds and needs when nothing goes on.
    private record State(double recall, double megabytes, TableInfo info) {}

    private State state() {
      float[][] some = java.util.Arrays.copyOf(queries, Math.min(queries.length, RECALL_QUERIES));
      BitSet present = pool.bits();
      Truth truth = exact.nearest(some, K, (_, row) -> present.get(row));
      Measurement measured = Measurement.of(call, some, Measurement.Filters.NONE);
      System.gc();
      double megabytes = ProcessMemory.megabytes(ProcessMemory.ofThis().residentBytes());
      return new State(measured.recall(exact, truth), megabytes, table.table().info());
    }

    private CompletableFuture<Void> start(Runnable task) {
      return CompletableFuture.runAsync(task, work -> Thread.ofPlatform().start(work));
    }

    private void await(CompletableFuture<Void> task) {
      try {
        task.join();
      } catch (CompletionException e) {
        throw new IllegalStateException("a write or fold failed", e.getCause());
      }
    }

    /// Folds again and again, each time that so many rows have changed.
    private void fold() {
      long folded = 0;
      while (!isOver.get()) {
        long written = inserted.get() + deleted.get();
        if (written - folded < FOLD_ROWS) {
          Pause.briefly();
          continue;
        }
        folded = written;
        table.table().fold();
        folds.incrementAndGet();
      }
    }

    /// Inserts or deletes, a batch of random size at a time, so that the count stays near its
    /// start.
    private void write() {
      SplittableRandom random = new SplittableRandom(seed);
      int middle = pool.presentCount();
      long started = System.nanoTime();
      while (!isOver.get()) {
        long written = inserted.get() + deleted.get();
        if (written > rate * (System.nanoTime() - started) / 1e9) {
          Pause.briefly();
          continue;
        }
        double sway = (pool.presentCount() - middle) / (PRESENT_SWAY * middle);
        int count = 1 + random.nextInt(Math.min(500, pool.absentCount()));
        if (random.nextDouble(-1, 1) > sway) {
          insert(pool.add(count));
        } else {
          delete(pool.remove(count));
        }
      }
    }

    private void insert(int[] rows) {
      for (int row : rows) {
        goneSince.set(row, PRESENT_OR_COMING);
      }
      table.put(rows);
      inserted.addAndGet(rows.length);
    }

    private void delete(int[] rows) {
      table.delete(rows);
      long now = System.nanoTime();
      for (int row : rows) {
        goneSince.set(row, now);
      }
      deleted.addAndGet(rows.length);
    }

    /// Checks every search. Thread-safe.
    private final class Watch implements Load.Observer {
      private final AtomicLong shortResults = new AtomicLong();
      private final AtomicLong goneRows = new AtomicLong();

      @Override
      public long before() {
        return System.nanoTime();
      }

      @Override
      public void after(long startedNanos, int query, SearchResult result, long[] keys) {
        int count = result.matches().size();
        if (count < K) {
          shortResults.incrementAndGet();
        }
        for (int i = 0; i < count; i++) {
          if (goneSince.get((int) keys[i]) < startedNanos) {
            goneRows.incrementAndGet();
          }
        }
      }
    }

    private void add(Load.Outcome searched, Watch watch) {
      report.add(Figure.of("searches", searched.perSecond(), "1/s"));
      report.add(Figure.of("rows inserted", inserted.get() / searched.seconds(), "1/s"));
      report.add(Figure.of("rows deleted", deleted.get() / searched.seconds(), "1/s"));
      report.add(Figure.count("folds", folds.get()));
      report.add(Figure.count("short results", watch.shortResults.get()).atMost(0));
      report.add(Figure.count("deleted rows found", watch.goneRows.get()).atMost(0));
    }

    private void addEnd(State before, State after) {
      TableInfo info = after.info();
      report.add(
          Figure.count("rows counted wrongly", Math.abs(info.rowCount() - pool.presentCount()))
              .atMost(0));
      report.add(Figure.count("rows missing or not deleted", wrongRows()).atMost(0));
      report.add(Figure.count("rows left in the delta", info.delta().rows()).atMost(0));
      report.add(Figure.of("recall at first", before.recall(), "1"));
      report.add(
          Figure.of("recall, less that at first", after.recall() - before.recall(), "1")
              .atLeast(RECALL_LOSS));
      double growth = (double) pool.presentCount() / before.info().rowCount();
      report.add(Figure.of("resident at first", before.megabytes(), "MB"));
      report.add(
          Figure.of("resident", after.megabytes(), "MB")
              .atMost(MEMORY_TIMES * growth * before.megabytes() + MEMORY_BESIDES_MEGABYTES));
      report.add(
          Figure.of("files", ProcessMemory.megabytes(info.bytes().total()), "MB")
              .atMost(
                  MEMORY_TIMES * growth * ProcessMemory.megabytes(before.info().bytes().total())));
    }

    /// Asks for every row of the file by its key.
    private long wrongRows() {
      BitSet present = pool.bits();
      long wrong = 0;
      for (int from = 0; from < goneSince.length(); from += GET_ROWS) {
        List<Key> keys = new ArrayList<>();
        for (int row = from; row < Math.min(goneSince.length(), from + GET_ROWS); row++) {
          keys.add(Key.of(row));
        }
        List<@Nullable StoredRow> rows = table.table().get(keys, Projection.KEY);
        for (int i = 0; i < keys.size(); i++) {
          wrong += (rows.get(i) != null) == present.get(from + i) ? 0 : 1;
        }
      }
      return wrong;
    }
  }
}
