package io.kindred.bench;

import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchRequest.Effort;
import io.kindred.engine.SearchResult;
import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Speed of searches inside the engine.
@Command(
    name = "search",
    description = {
      "Searches inside the engine, one thread, k = 10, default effort, queries of the same kind as"
          + " the rows but not among them.",
      "With hnsw a build of 1,000,000 rows takes long: keep it with --store."
    },
    mixinStandardHelpOptions = true)
final class SearchCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final int WARM_UP_QUERIES = 200;
  private static final int RECALL_QUERIES = 50;

  @Mixin private final Scale scale = new Scale();

  @Option(
      names = "--index",
      split = ",",
      paramLabel = "KIND",
      description = "flat, hnsw, or both with a comma between. Default: flat.")
  private List<String> indexes = List.of("flat");

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long each is measured. Default: 10.")
  private int seconds = 10;

  @Override
  public Integer call() {
    Report report = new Report("search", System.out);
    try (StoreDirectory directory = scale.directory()) {
      List<TablePlan> plans = scale.plans(indexes);
      directory.prepare(report, plans);
      try (EmbeddedStore store = StoreDirectory.open(directory.path())) {
        for (TablePlan plan : plans) {
          measure(report, plan, store.table(plan.name()));
        }
      }
    }
    report.print();
    return 0;
  }

  private void measure(Report report, TablePlan plan, Table table) {
    Synthetic.Vectors vectors = plan.data().vectors();
    int query = 0;
    int warmUp = plan.index().equals("flat") ? WARM_UP_QUERIES / 10 : WARM_UP_QUERIES;
    for (int i = 0; i < warmUp; i++) {
      table.search(SearchRequest.of(vectors.vector(--query), K));
    }
    Stopwatch calls = new Stopwatch();
    long visited = 0;
    long end = System.nanoTime() + seconds * 1_000_000_000L;
    while (System.nanoTime() < end) {
      SearchRequest request = SearchRequest.of(vectors.vector(--query), K);
      calls.start();
      visited += table.search(request).stats().visited();
      calls.stop();
    }
    Samples micros = calls.micros();
    String name = plan.index() + " " + plan.rows() + " × " + plan.data().dimension();
    report.add(Figure.of(name + ", searches a second", 1e6 / micros.mean(), "1/s"));
    report.add(Figure.of(name + ", median", micros.median(), "µs"));
    report.add(Figure.of(name + ", p99", micros.percentile(99), "µs"));
    report.add(Figure.of(name + ", vectors compared", (double) visited / micros.count(), "1"));
    if (plan.index().equals("hnsw")) {
      report.add(Figure.of(name + ", recall@" + K, recall(table, vectors), "1"));
    }
  }

  private static double recall(Table table, Synthetic.Vectors vectors) {
    int found = 0;
    for (int query = -1; query >= -RECALL_QUERIES; query--) {
      float[] vector = vectors.vector(query);
      float worst =
          table.search(exact(vector)).matches().stream()
              .map(SearchResult.Match::score)
              .reduce(0f, Math::max);
      for (SearchResult.Match match : table.search(SearchRequest.of(vector, K)).matches()) {
        found += match.score() <= worst ? 1 : 0;
      }
    }
    return (double) found / (RECALL_QUERIES * K);
  }

  private static SearchRequest exact(float[] vector) {
    SearchRequest plain = SearchRequest.of(vector, K);
    return new SearchRequest(
        plain.field(),
        plain.target(),
        K,
        null,
        null,
        List.of(),
        null,
        new Effort.Exact(),
        null,
        plain.projection());
  }
}
