package io.kindred.bench;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Projection;
import io.kindred.engine.ScanPage;
import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Speed of a scan of a whole table.
@Command(
    name = "scan",
    description = "All rows with their vectors, in key order, pages of 1,000, one thread.",
    mixinStandardHelpOptions = true)
final class ScanCommand implements Callable<Integer> {
  private static final int PAGE_ROWS = 1_000;

  @Mixin private final Scale scale = new Scale();

  @Option(names = "--runs", paramLabel = "N", description = "Scans. Default: 5.")
  private int runs = 5;

  @Override
  public Integer call() {
    Report report = new Report("scan", System.out);
    TablePlan plan = scale.plan(KeyType.UINT64, "flat");
    try (StoreDirectory directory = scale.directory()) {
      directory.prepare(report, List.of(plan));
      try (EmbeddedStore store = StoreDirectory.open(directory.path())) {
        List<Double> rates = new ArrayList<>();
        for (int run = 0; run < runs; run++) {
          rates.add(scan(store.table(plan.name()), plan));
        }
        Samples samples = new Samples(rates.stream().mapToDouble(Double::doubleValue).toArray());
        report.add(Figure.of(scale.describe(List.of(plan.index())), samples, "rows/s"));
      }
    }
    report.print();
    return 0;
  }

  private static double scan(Table table, TablePlan plan) {
    long started = System.nanoTime();
    long count = 0;
    @Nullable Key after = null;
    do {
      ScanPage page = table.scan(after, PAGE_ROWS, null, Projection.ALL);
      count += page.rows().size();
      after = page.next();
    } while (after != null);
    if (count != plan.rows()) {
      throw new IllegalStateException("scan: " + count + " rows (expected: " + plan.rows() + ")");
    }
    return count * 1e9 / (System.nanoTime() - started);
  }
}
