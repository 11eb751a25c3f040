package io.kindred.bench;

import io.kindred.engine.KeyType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// How much data a command measures on, and where it is kept. Owned by one thread.
final class Scale {
  @Option(names = "--rows", paramLabel = "N", description = "Rows of a table. Default: 1000000.")
  private int rows = 1_000_000;

  @Option(
      names = "--dimension",
      paramLabel = "N",
      description = "Components of a vector. Default: 128.")
  private int dimension = 128;

  @Option(names = "--seed", paramLabel = "N", description = "Of the made-up data. Default: 1.")
  private long seed = 1;

  @Option(
      names = "--store",
      paramLabel = "DIR",
      description =
          "Keep the tables there, and use those that are there. Default: a scratch directory below"
              + " java.io.tmpdir, removed at the end.")
  private @Nullable Path store;

  StoreDirectory directory() {
    return new StoreDirectory(store);
  }

  Synthetic data() {
    return new Synthetic(dimension, seed);
  }

  TablePlan plan(KeyType key, String index) {
    return new TablePlan(data(), key, index, rows);
  }

  /// Such as `flat 1000000 × 128`.
  String describe(List<String> indexes) {
    return String.join(" and ", indexes) + " " + rows + " × " + dimension;
  }

  /// A plan for each index.
  List<TablePlan> plans(List<String> indexes) {
    List<TablePlan> plans = new ArrayList<>();
    for (String index : indexes) {
      plans.add(plan(KeyType.UINT64, index));
    }
    return plans;
  }
}
