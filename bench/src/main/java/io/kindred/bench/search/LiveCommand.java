package io.kindred.bench.search;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.store.Pause;
import io.kindred.bench.vectors.ExactSearch;
import io.kindred.bench.vectors.Truth;
import io.kindred.bench.vectors.VectorFile;
import io.kindred.bench.vectors.VectorSet;
import io.kindred.engine.SearchResult;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Searches while rows are put.
@Command(
    name = "live",
    description = {
      "Searches on all cores, first on an idle table, then while new rows are put at a steady rate."
          + " Speed is compared per core that the writes, with all that follows from them, leave.",
      "The rows that are put are the last ones of the file. Recall is of a sample of the searches,"
          + " against exact search in the rows that were acknowledged when each began. Tuned"
          + " default, k = 10."
    },
    mixinStandardHelpOptions = true)
public final class LiveCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final double RECALL = 0.95;
  private static final double SPEED = 0.8;
  private static final int PROBES = 2_000;
  private static final int PUTS_A_SECOND = 50;

  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final IndexOptions index = new IndexOptions();

  @Option(names = "--rate", paramLabel = "N", description = "Rows a second. Default: 1000.")
  private int rate = 1_000;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long each of both is measured. Default: 20.")
  private int seconds = 20;

  @Option(
      names = "--searchers",
      paramLabel = "N",
      description = "Threads that search. Default: all cores.")
  private int searchers = Runtime.getRuntime().availableProcessors();

  @Override
  public Integer call() {
    Ranges.require("--rate", rate, PUTS_A_SECOND, 1_000_000);
    Ranges.require("--seconds", seconds, 1, 86_400);
    Ranges.require("--searchers", searchers, 1, 1_024);
    Report report = new Report("live", System.out);
    VectorSet set = data.resolve("200000x128");
    try (VectorFile base = VectorFile.open(set.base());
        VectorFile queryFile = VectorFile.open(set.queries())) {
      DataOptions.requireSameDimension(base, queryFile);
      long put = (long) rate * (warmUpSeconds() + seconds);
      if (put > base.count() / 2) {
        throw new BadInputException(
            "--rate × --seconds × 1.25", put, "at most half of the " + base.count() + " rows");
      }
      int loaded = base.count() - (int) put;
      var vector = index.vector(base.dimension(), set.metric());
      var plan = new SearchTable.Plan(vector, Map.of(), index.threads());
      report.progress("loading and building %,d rows".formatted(loaded));
      int[] rows = IntStream.range(0, loaded).toArray();
      try (SearchTable table = SearchTable.load(plan, base::vector, rows)) {
        float[][] queries = queryFile.head(Integer.MAX_VALUE);
        measure(report, table, loaded, queries, new ExactSearch(base, set.metric()));
      }
    }
    report.print();
    return 0;
  }

  private int warmUpSeconds() {
    return Math.max(1, seconds / 4);
  }

  private void measure(
      Report report, SearchTable table, int loaded, float[][] queries, ExactSearch exact) {
    SearchCall call = new SearchCall(table.table(), K, SearchCall.recall(RECALL));
    Load load = new Load(call, queries, searchers);
    report.progress("warming up");
    load.run(warmUpSeconds(), Load.Observer.NONE);
    report.progress("idle");
    Load.Outcome idle = load.run(seconds, Load.Observer.NONE);
    report.progress("while rows are put");
    AtomicInteger acknowledged = new AtomicInteger(loaded);
    Probes probes = new Probes(acknowledged);
    Writer writer = new Writer(table, acknowledged, exact.base().count());
    Thread writing = Thread.ofPlatform().start(writer);
    // Searches of a delta are compiled meanwhile.
    load.run(warmUpSeconds(), Load.Observer.NONE);
    int before = acknowledged.get();
    Load.Outcome live = load.run(seconds, probes);
    double written = (acknowledged.get() - before) / live.seconds();
    join(writing);
    if (writer.failure != null) {
      throw new IllegalStateException("a put failed", writer.failure);
    }
    String what = index.engine() + ", " + loaded + " rows, ";
    report.add(Figure.of(what + "idle, searches", idle.perSecond(), "1/s"));
    report.add(Figure.of(what + "live, searches", live.perSecond(), "1/s"));
    report.add(Figure.of(what + "live, rows put", written, "1/s").atLeast(0.95 * rate));
    report.add(Figure.of(what + "live, cores left", live.coresLeft(), "1"));
    report.add(
        Figure.of(
                what + "live over idle, per core left",
                live.perSecondAndCore() / idle.perSecondAndCore(),
                "×")
            .atLeast(SPEED));
    report.add(
        Figure.of(what + "live, recall", probes.recall(queries, exact), "1").atLeast(RECALL));
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("interrupted", e);
    }
  }

  /// Puts the rows behind those that are there, in order, at the rate. Owned by its thread.
  private final class Writer implements Runnable {
    private final SearchTable table;
    private final AtomicInteger acknowledged;
    private final int rowsMax;

    /// Read once the thread has ended.
    private @Nullable RuntimeException failure;

    Writer(SearchTable table, AtomicInteger acknowledged, int rowsMax) {
      this.table = table;
      this.acknowledged = acknowledged;
      this.rowsMax = rowsMax;
    }

    @Override
    public void run() {
      try {
        write();
      } catch (RuntimeException e) {
        failure = e;
      }
    }

    private void write() {
      int first = acknowledged.get();
      long started = System.nanoTime();
      long end = started + (warmUpSeconds() + seconds) * 1_000_000_000L;
      for (long now = started; now < end; now = System.nanoTime()) {
        int due = first + (int) Math.min(rowsMax - first, rate * (now - started) / 1_000_000_000L);
        int from = acknowledged.get();
        if (due - from >= rate / PUTS_A_SECOND) {
          table.put(IntStream.range(from, due).toArray());
          acknowledged.set(due);
        } else {
          Pause.briefly();
        }
      }
    }
  }

  /// A sample of the searches with what each found. Thread-safe.
  private static final class Probes implements Load.Observer {
    private static final int EVERY = 200;

    private final AtomicInteger acknowledged;
    private final AtomicInteger searches = new AtomicInteger();
    private final AtomicInteger count = new AtomicInteger();
    private final int[] rows = new int[PROBES];
    private final int[] queries = new int[PROBES];
    private final long[][] found = new long[PROBES][];

    Probes(AtomicInteger acknowledged) {
      this.acknowledged = acknowledged;
    }

    @Override
    public long before() {
      return acknowledged.get();
    }

    @Override
    public void after(long token, int query, SearchResult result, long[] keys) {
      if (searches.getAndIncrement() % EVERY != 0) {
        return;
      }
      int at = count.getAndIncrement();
      if (at < PROBES) {
        rows[at] = (int) token;
        queries[at] = query;
        found[at] = Arrays.copyOf(keys, result.matches().size());
      }
    }

    /// After all searches have ended. A row that came in during a search counts where it is as near
    /// as the k-th of those that were there before.
    double recall(float[][] vectors, ExactSearch exact) {
      int probes = Math.min(count.get(), PROBES);
      float[][] probed = new float[probes][];
      Arrays.setAll(probed, i -> vectors[queries[i]]);
      Truth truth = exact.nearest(probed, K, (probe, row) -> row < rows[probe]);
      long hits = 0;
      for (int i = 0; i < probes; i++) {
        hits += exact.hits(truth, i, probed[i], found[i], found[i].length);
      }
      return (double) hits / truth.size();
    }
  }
}
