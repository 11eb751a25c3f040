package io.kindred.bench;

import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult.Match;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.store.EmbeddedStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Recall on real data, against a naive search.
@Command(
    name = "recall",
    description = {
      "Recall@10 of HNSW at default effort on real data (amazon-book: dot; MNIST: l2), and whether"
          + " FLAT agrees with a naive search in double precision."
    },
    mixinStandardHelpOptions = true)
final class RecallCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final double RECALL = 0.95;
  private static final int BATCH_ROWS = 1_000;

  /// Single precision against double: scores this near are equal.
  private static final double TOLERANCE = 1e-5;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description = "Holds amazon-book and mnist. Default: shared/data beside the repository.")
  private @Nullable Path data;

  @Option(names = "--queries", paramLabel = "N", description = "Of each set. Default: 1000.")
  private int queries = 1_000;

  @Override
  public Integer call() {
    Path directory = data == null ? shared() : data;
    if (directory == null || !Files.isDirectory(directory)) {
      System.err.println(
          "--data: " + directory + " (expected: a directory with amazon-book and mnist)");
      return 2;
    }
    Report report = new Report("recall", System.out);
    measure(report, DataSet.books(directory.resolve("amazon-book"), queries), Metric.DOT);
    measure(report, DataSet.digits(directory.resolve("mnist"), queries), Metric.L2);
    report.note("A match counts where its exact score is as near as the 10th of the naive search.");
    report.print();
    return 0;
  }

  /// `shared/data` beside a directory above this one.
  private static @Nullable Path shared() {
    for (Path at = Path.of("").toAbsolutePath(); at != null; at = at.getParent()) {
      Path candidate = at.resolve("shared").resolve("data");
      if (Files.isDirectory(candidate)) {
        return candidate;
      }
    }
    return null;
  }

  private static void measure(Report report, DataSet set, Metric metric) {
    report.progress(set.name() + ": naive search");
    NaiveSearch naive = new NaiveSearch(set.rows(), metric);
    NaiveSearch.Nearest[] expected = naive.nearest(set.queries(), K);
    String name =
        "%s (%d × %d, %s)".formatted(set.name(), set.rows().length, set.dimension(), metric);
    try (Scratch scratch = new Scratch();
        EmbeddedStore store = StoreDirectory.open(scratch.directory())) {
      for (IndexSpec index : List.of(new IndexSpec.Flat(), IndexSpec.Hnsw.DEFAULT)) {
        boolean isFlat = index instanceof IndexSpec.Flat;
        report.progress(set.name() + ": " + (isFlat ? "flat" : "hnsw"));
        Table table = load(store, set, new VectorSpec(set.dimension(), metric, index));
        Stopwatch calls = new Stopwatch();
        double share = share(table, naive, set.queries(), expected, calls);
        if (isFlat) {
          report.add(Figure.of(name + ", flat agrees with naive", share, "1").atLeast(1));
        } else {
          report.add(Figure.of(name + ", hnsw recall@" + K, share, "1").atLeast(RECALL));
          report.add(Figure.of(name + ", hnsw search", calls.micros(), "µs"));
        }
      }
    }
  }

  private static Table load(EmbeddedStore store, DataSet set, VectorSpec vector) {
    String name = vector.index() instanceof IndexSpec.Flat ? "flat" : "hnsw";
    Table table =
        store.createTable(
            TableSpec.of(name, KeyType.UINT64, Map.of(TablePlan.FIELD, vector), Map.of()));
    List<Row> batch = new ArrayList<>(BATCH_ROWS);
    for (int row = 0; row < set.rows().length; row++) {
      Map<String, float[]> vectors = Map.of(TablePlan.FIELD, set.rows()[row]);
      batch.add(Row.of(Key.of(row), vectors, Map.of(), Map.of()));
      if (batch.size() == BATCH_ROWS || row == set.rows().length - 1) {
        TablePlan.write(table, List.copyOf(batch)).join();
        batch.clear();
      }
    }
    table.fold();
    return table;
  }

  /// The share of matches that are as near as the k-th of the naive search.
  private static double share(
      Table table,
      NaiveSearch naive,
      float[][] queries,
      NaiveSearch.Nearest[] expected,
      Stopwatch calls) {
    int found = 0;
    for (int query = 0; query < queries.length; query++) {
      SearchRequest request = SearchRequest.of(queries[query], K);
      calls.start();
      List<Match> matches = table.search(request).matches();
      calls.stop();
      double farthest = expected[query].scores()[K - 1];
      for (Match match : matches) {
        int row = (int) ((Key.Uint64) match.key()).value();
        double score = naive.score(queries[query], row);
        double slack = TOLERANCE * Math.abs(farthest);
        boolean isNear =
            naive.metric() == Metric.L2 ? score <= farthest + slack : score >= farthest - slack;
        boolean isTrue = Math.abs(score - match.score()) <= TOLERANCE * (1 + Math.abs(score));
        found += isNear && isTrue ? 1 : 0;
      }
    }
    return (double) found / (queries.length * K);
  }
}
