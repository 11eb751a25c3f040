package io.kindred.bench.search;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.report.JsonLine;
import io.kindred.bench.report.ProcessMemory;
import io.kindred.bench.vectors.BenchCache;
import io.kindred.bench.vectors.ExactSearch;
import io.kindred.bench.vectors.Truth;
import io.kindred.bench.vectors.VectorFile;
import io.kindred.bench.vectors.VectorSet;
import io.kindred.engine.Limits;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.TableSpec;
import io.kindred.engine.vector.Kernels;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Recall and speed of one index at several breadths.
@Command(
    name = "ann",
    description = {
      "Loads vectors into a table, builds its index, and measures recall and searches a second at"
          + " each breadth and at the tuned default, one thread; a JSON object a line.",
      "Recall is against exact search, whose results are kept in ~/.cache/kindred-bench, or where"
          + " KINDRED_BENCH_CACHE says."
    },
    mixinStandardHelpOptions = true)
public final class AnnCommand implements Callable<Integer> {
  private static final double RECALL = 0.95;

  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final IndexOptions index = new IndexOptions();

  @Option(names = "--k", paramLabel = "N", description = "Matches of a search. Default: 10.")
  private int k = 10;

  @Option(
      names = "--passes",
      paramLabel = "N",
      description = "Passes over the sweep; only the last one is printed. Default: 2.")
  private int passes = 2;

  @Option(
      names = "--sweep",
      split = ",",
      paramLabel = "N",
      description =
          "The breadths: ef of hnsw (default: 10 to 400), nprobe of ivf (default: 1 to 256).")
  private @Nullable List<Integer> sweep;

  /// A breadth as it is printed, and as it is asked for.
  private record Setting(String knob, String value, Effort effort) {}

  @Override
  public Integer call() {
    Ranges.require("--k", k, 1, Limits.K_MAX);
    Ranges.require("--passes", passes, 1, 1_000);
    VectorSet set = data.resolve(null);
    float[][] queries;
    Truth truth;
    SearchTable.Plan plan;
    try (VectorFile base = VectorFile.open(set.base());
        VectorFile queryFile = VectorFile.open(set.queries())) {
      DataOptions.requireSameDimension(base, queryFile);
      var vector = index.vector(base.dimension(), set.metric());
      plan = new SearchTable.Plan(vector, Map.of(), index.threads());
      settings(plan.spec());
      progress("exact search of %,d queries".formatted(queryFile.count()));
      truth = BenchCache.truth(new ExactSearch(base, set.metric()), queryFile, k);
      queries = queryFile.head(Integer.MAX_VALUE);
    }
    try (SearchTable table = load(plan, set)) {
      measure(table, set, queries, truth);
    }
    return 0;
  }

  private static void progress(String what) {
    System.err.println("ann: " + what);
  }

  private static SearchTable load(SearchTable.Plan plan, VectorSet set) {
    try (VectorFile base = VectorFile.open(set.base())) {
      progress("loading and building %,d × %d".formatted(base.count(), base.dimension()));
      int[] rows = IntStream.range(0, base.count()).toArray();
      return SearchTable.load(plan, base::vector, rows);
    }
  }

  private List<Setting> settings(TableSpec table) {
    List<Setting> settings = new ArrayList<>();
    if (index.isFlat()) {
      if (sweep != null) {
        throw new BadInputException("--sweep", sweep, "nothing with --index flat, which is exact");
      }
      return List.of(new Setting("none", "0", new Effort.Exact()));
    }
    String knob = index.knob();
    for (int value : sweep == null ? index.sweep() : sweep) {
      settings.add(
          new Setting(knob, Integer.toString(value), SearchCall.effort(table, knob, value)));
    }
    settings.add(new Setting("wanted_recall", Double.toString(RECALL), SearchCall.recall(RECALL)));
    return settings;
  }

  private void measure(SearchTable table, VectorSet set, float[][] queries, Truth truth) {
    List<Setting> settings = settings(table.table().spec());
    for (int pass = 1; pass < passes; pass++) {
      progress("warm-up pass " + pass);
      for (Setting setting : settings) {
        search(table, setting, queries);
      }
    }
    // What loading left on the heap is not the table's; nor are the mapped files of the truth.
    System.gc();
    double residentMegabytes = ProcessMemory.residentMegabytes();
    progress("measuring");
    try (VectorFile base = VectorFile.open(set.base())) {
      ExactSearch exact = new ExactSearch(base, set.metric());
      for (Setting setting : settings) {
        Measurement measured = search(table, setting, queries);
        JsonLine line =
            new JsonLine()
                .text("engine", index.engine())
                .number("build_s", table.times().build(), 2)
                .raw(setting.knob(), setting.value())
                .number("recall", measured.recall(exact, truth), 4)
                .number("qps", measured.perSecond(), 0)
                .number("p50_us", measured.micros().median(), 1)
                .number("p99_us", measured.micros().percentile(99), 1)
                .number("visited", measured.visited(), 0)
                .number("load_s", table.times().load(), 2)
                .number("resident_mb", residentMegabytes, 0)
                .number("index_mb", table.indexMegabytes(), 1)
                .text("kernels", Kernels.name());
        System.out.println(line);
      }
    }
  }

  private Measurement search(SearchTable table, Setting setting, float[][] queries) {
    SearchCall call = new SearchCall(table.table(), k, setting.effort());
    return Measurement.of(call, queries, Measurement.Filters.NONE);
  }
}
