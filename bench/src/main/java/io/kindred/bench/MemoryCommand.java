package io.kindred.bench;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.ProcessMemory;
import io.kindred.bench.report.Report;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Memory of a process with a loaded table.
@Command(
    name = "memory",
    description = {
      "Resident memory of a child JVM with the product's flags that has a table open: at first,"
          + " after the vector of every row was read, after searches, and after a fold.",
      "Pages of mapped files count as far as they were touched."
    },
    mixinStandardHelpOptions = true)
final class MemoryCommand implements Callable<Integer> {
  private static final double TIMES_RAW = 1.3;
  private static final double BESIDES_MEGABYTES = 300;

  @Mixin private final Scale scale = new Scale();

  @Option(
      names = "--index",
      split = ",",
      paramLabel = "KIND",
      description = "flat, hnsw, or both with a comma between. Default: flat.")
  private List<String> indexes = List.of("flat");

  @Override
  public Integer call() {
    Report report = new Report("memory", System.out);
    for (TablePlan plan : scale.plans(indexes)) {
      try (StoreDirectory directory = scale.directory()) {
        directory.prepare(report, List.of(plan));
        measure(report, directory.path(), plan);
      }
    }
    report.note("Of a fold, the figure is the memory after it: its old base is then given back.");
    report.print();
    return 0;
  }

  private static void measure(Report report, Path directory, TablePlan plan) {
    double limit = TIMES_RAW * ProcessMemory.megabytes(plan.rawBytes()) + BESIDES_MEGABYTES;
    try (ChildJvm child = ChildJvm.java(Child.class, Child.arguments(Child.USE, directory, plan))) {
      for (String moment : List.of("opened", "read", "searched", "folded")) {
        ProcessMemory memory = ProcessMemory.parse(child.await(moment));
        String name = plan.index() + " table, " + moment;
        report.add(
            Figure.of(name + ", resident", ProcessMemory.megabytes(memory.residentBytes()), "MB")
                .atMost(limit));
        report.add(
            Figure.of(
                name + ", of which anonymous",
                ProcessMemory.megabytes(memory.anonymousBytes()),
                "MB"));
      }
      child.stop();
    }
  }
}
