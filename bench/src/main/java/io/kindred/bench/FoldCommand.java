package io.kindred.bench;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Time of folds.
@Command(
    name = "fold",
    description = {
      "Time of a fold of a full delta into a table of this many rows; every row of the delta"
          + " replaces one. With hnsw the graph is carried over, or built anew where most of its"
          + " rows are gone; building one of 1,000,000 rows takes long: keep it with --store."
    },
    mixinStandardHelpOptions = true)
final class FoldCommand implements Callable<Integer> {
  @Mixin private final Scale scale = new Scale();

  @Option(
      names = "--index",
      split = ",",
      paramLabel = "KIND",
      description = "flat, hnsw, or both with a comma between. Default: flat.")
  private List<String> indexes = List.of("flat");

  @Option(names = "--runs", paramLabel = "N", description = "Folds. Default: 3.")
  private int runs = 3;

  @Override
  public Integer call() {
    Report report = new Report("fold", System.out);
    try (StoreDirectory directory = scale.directory()) {
      for (TablePlan plan : scale.plans(indexes)) {
        directory.prepare(report, List.of(plan));
        try (EmbeddedStore store = StoreDirectory.open(directory.path())) {
          measure(report, plan, store.table(plan.name()));
        }
      }
    }
    report.print();
    return 0;
  }

  private void measure(Report report, TablePlan plan, Table table) {
    int deltaRows = Math.min(plan.rows(), 60_000);
    List<Double> seconds = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      plan.put(table, 0, deltaRows);
      long started = System.nanoTime();
      table.fold();
      seconds.add((System.nanoTime() - started) / 1e9);
    }
    Samples samples = new Samples(seconds.stream().mapToDouble(Double::doubleValue).toArray());
    report.add(
        Figure.of(
            "%s, %d rows into %d × %d"
                .formatted(plan.index(), deltaRows, plan.rows(), plan.data().dimension()),
            samples,
            "s"));
  }
}
