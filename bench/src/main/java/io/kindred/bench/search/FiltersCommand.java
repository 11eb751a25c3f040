package io.kindred.bench.search;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.JsonLine;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.bench.vectors.ExactSearch;
import io.kindred.bench.vectors.PrincipalAxis;
import io.kindred.bench.vectors.Truth;
import io.kindred.bench.vectors.VectorFile;
import io.kindred.bench.vectors.VectorSet;
import io.kindred.engine.FieldType;
import io.kindred.engine.Value;
import io.kindred.engine.filter.Filter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Filtered searches.
@Command(
    name = "filters",
    description = {
      "Searches with filters that pass 0.1, 1, 5, 20, 50 and 90 %% of the rows: at random, near the"
          + " query (a window around its place on the axis along which the vectors differ most), and"
          + " far from it (the other end of that axis). Tuned default, k = 10, one thread.",
      "Recall is against exact search among the passing rows; speed over that of unfiltered searches"
          + " right before, the median of three turns; also of the first pass."
    },
    mixinStandardHelpOptions = true)
public final class FiltersCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final double RECALL = 0.95;
  private static final double SPEED = 0.5;
  private static final double[] SHARES = {0.001, 0.01, 0.05, 0.2, 0.5, 0.9};
  private static final int TURNS = 3;
  private static final int RANDOM_MAX = 1_000_000;
  private static final String RANDOM = "random";
  private static final String PLACE = "place";

  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final IndexOptions index = new IndexOptions();

  @Option(
      names = "--searches",
      paramLabel = "N",
      description = "Queries of each case. Default: 500.")
  private int searches = 500;

  @Option(
      names = "--warm-ups",
      paramLabel = "N",
      description = {
        "Passes of each case before it is measured: with a filter near each query a filter has come"
            + " as often, and what is kept of it is kept from some time on. Default: 8."
      })
  private int warmUps = 8;

  /// How the rows that pass lie to the query.
  private enum Spread {
    RANDOM,
    NEAR,
    FAR
  }

  /// The two fields of each row, and the place of each query. Immutable.
  ///
  /// @param ranks how many rows lie before a row on the axis, by row
  /// @param queryRanks likewise, by query
  private record Fields(int[] ranks, int[] randoms, int[] queryRanks) {
    static Fields of(VectorFile base, float[][] queries) {
      PrincipalAxis axis = PrincipalAxis.of(base);
      double[] byRow =
          IntStream.range(0, base.count())
              .parallel()
              .mapToDouble(row -> axis.place(base.vector(row)))
              .toArray();
      double[] places = byRow.clone();
      Arrays.sort(places);
      int[] ranks = Arrays.stream(byRow).mapToInt(place -> rank(places, place)).toArray();
      SplittableRandom random = new SplittableRandom(1);
      int[] randoms = random.ints(base.count(), 0, RANDOM_MAX).toArray();
      int[] queryRanks =
          Arrays.stream(queries).mapToInt(query -> rank(places, axis.place(query))).toArray();
      return new Fields(ranks, randoms, queryRanks);
    }

    private static int rank(double[] places, double place) {
      int at = Arrays.binarySearch(places, place);
      return at >= 0 ? at : -at - 1;
    }

    Map<String, Value> of(int row) {
      return Map.of(FiltersCommand.RANDOM, Value.of(randoms[row]), PLACE, Value.of(ranks[row]));
    }
  }

  /// One share of passing rows, spread in one way. Immutable.
  private record Case(Spread spread, double share, Fields fields) {
    /// The first rank that passes.
    private int from(int query) {
      int rows = fields.ranks().length;
      int width = width();
      int rank = fields.queryRanks()[query];
      return switch (spread) {
        case RANDOM -> 0;
        case NEAR -> Math.clamp(rank - width / 2L, 0, rows - width);
        case FAR -> rank < rows / 2 ? rows - width : 0;
      };
    }

    private int width() {
      int rows = fields.ranks().length;
      return spread == Spread.RANDOM
          ? (int) Math.round(share * RANDOM_MAX)
          : Math.max(1, (int) Math.round(share * rows));
    }

    private String field() {
      return spread == Spread.RANDOM ? FiltersCommand.RANDOM : PLACE;
    }

    Filter filter(int query) {
      int from = from(query);
      return new Filter.And(
          List.of(
              new Filter.Gte(field(), Value.of(from)),
              new Filter.Lt(field(), Value.of(from + width()))));
    }

    boolean passes(int query, int row) {
      int value = spread == Spread.RANDOM ? fields.randoms()[row] : fields.ranks()[row];
      int from = from(query);
      return value >= from && value < from + width();
    }

    String name() {
      return String.format(
          Locale.ROOT, "%s, %s %%", spread.name().toLowerCase(Locale.ROOT), percent());
    }

    String percent() {
      double percent = share * 100;
      return percent < 1 ? Double.toString(percent) : Long.toString(Math.round(percent));
    }
  }

  /// One turn of a case. Immutable.
  private record Turn(Measurement filtered, Measurement unfiltered) {
    double speed() {
      return filtered.perSecond() / unfiltered.perSecond();
    }
  }

  /// What one case came to. Immutable.
  ///
  /// @param speed over that of unfiltered searches
  /// @param freshSpeed the same of the first pass, in which every filter of its own is new
  private record Outcome(
      Case of,
      Measurement filtered,
      double recall,
      double speed,
      double freshSpeed,
      int shortResults) {}

  @Override
  public Integer call() {
    Ranges.require("--searches", searches, 1, 1_000_000);
    Ranges.require("--warm-ups", warmUps, 1, 1_000);
    Report report = new Report("filters", System.out);
    VectorSet set = data.resolve("200000x128");
    try (VectorFile base = VectorFile.open(set.base());
        VectorFile queryFile = VectorFile.open(set.queries())) {
      DataOptions.requireSameDimension(base, queryFile);
      var fieldTypes = Map.of(RANDOM, FieldType.INT64, PLACE, FieldType.INT64);
      var vector = index.vector(base.dimension(), set.metric());
      var plan = new SearchTable.Plan(vector, fieldTypes, index.threads());
      float[][] queries = queryFile.head(searches);
      Fields fields = Fields.of(base, queries);
      report.progress("loading and building " + base.count() + " rows");
      try (SearchTable table = SearchTable.load(plan, source(base, fields), rows(base))) {
        List<Outcome> outcomes =
            measure(report, table, queries, new ExactSearch(base, set.metric()), fields);
        print(report, set, base.count(), outcomes);
      }
    }
    return 0;
  }

  private static int[] rows(VectorFile base) {
    return IntStream.range(0, base.count()).toArray();
  }

  private static SearchTable.Source source(VectorFile base, Fields fields) {
    return new SearchTable.Source() {
      @Override
      public float[] vector(int row) {
        return base.vector(row);
      }

      @Override
      public Map<String, Value> fields(int row) {
        return fields.of(row);
      }
    };
  }

  private List<Outcome> measure(
      Report report, SearchTable table, float[][] queries, ExactSearch exact, Fields fields) {
    SearchCall call = new SearchCall(table.table(), K, SearchCall.recall(RECALL));
    Measurement.of(call, queries, Measurement.Filters.NONE);
    List<Outcome> outcomes = new ArrayList<>();
    for (Spread spread : Spread.values()) {
      for (double share : SHARES) {
        Case one = new Case(spread, share, fields);
        Truth truth = exact.nearest(queries, K, one::passes);
        Measurement fresh = Measurement.of(call, queries, one::filter);
        for (int pass = 1; pass < warmUps; pass++) {
          Measurement.of(call, queries, one::filter);
        }
        List<Turn> turns = new ArrayList<>();
        for (int turn = 0; turn < TURNS; turn++) {
          Measurement unfiltered = Measurement.of(call, queries, Measurement.Filters.NONE);
          turns.add(new Turn(Measurement.of(call, queries, one::filter), unfiltered));
        }
        turns.sort(Comparator.comparingDouble(Turn::speed));
        Turn median = turns.get(TURNS / 2);
        outcomes.add(
            new Outcome(
                one,
                median.filtered(),
                median.filtered().recall(exact, truth),
                median.speed(),
                fresh.perSecond() / median.unfiltered().perSecond(),
                median.filtered().shortResults(truth) + fresh.shortResults(truth)));
        report.progress(one.name());
      }
    }
    return outcomes;
  }

  private void print(Report report, VectorSet set, int rows, List<Outcome> outcomes) {
    String format = "%-16s  %8s  %10s  %13s  %11s  %6s  %s%n";
    System.out.printf(
        format,
        "passing",
        "recall",
        "searches/s",
        "of unfiltered",
        "first pass",
        "short",
        "searches by path");
    for (Outcome outcome : outcomes) {
      System.out.printf(
          format,
          outcome.of().name(),
          Figure.number(outcome.recall()),
          Figure.number(outcome.filtered().perSecond()),
          Figure.number(outcome.speed()),
          Figure.number(outcome.freshSpeed()),
          outcome.shortResults(),
          paths(outcome, ": ", ", "));
    }
    System.out.println();
    for (Outcome outcome : outcomes) {
      System.out.println(json(set, rows, outcome));
    }
    System.out.println();
    String what = index.engine() + " " + rows + " rows, all cases, ";
    report.add(Figure.of(what + "recall", samples(outcomes, Outcome::recall), "1"));
    report.add(Figure.of(what + "speed of unfiltered", samples(outcomes, Outcome::speed), "×"));
    report.add(least(what + "least recall", outcomes, Outcome::recall).atLeast(RECALL));
    report.add(least(what + "least speed of unfiltered", outcomes, Outcome::speed).atLeast(SPEED));
    long shortResults = outcomes.stream().mapToLong(Outcome::shortResults).sum();
    report.add(Figure.count(what + "short results", shortResults).atMost(0));
    report.print();
  }

  private static Samples samples(
      List<Outcome> outcomes, java.util.function.ToDoubleFunction<Outcome> value) {
    return new Samples(outcomes.stream().mapToDouble(value).toArray());
  }

  private static Figure least(
      String name, List<Outcome> outcomes, java.util.function.ToDoubleFunction<Outcome> value) {
    return Figure.of(name, samples(outcomes, value).least(), "1");
  }

  private static String paths(Outcome outcome, String of, String between) {
    return outcome.filtered().paths().entrySet().stream()
        .map(path -> path.getKey() + of + path.getValue())
        .collect(Collectors.joining(between));
  }

  private JsonLine json(VectorSet set, int rows, Outcome outcome) {
    return new JsonLine()
        .text("benchmark", "filters")
        .text("set", set.name())
        .text("engine", index.engine())
        .integer("rows", rows)
        .text("spread", outcome.of().spread().name().toLowerCase(Locale.ROOT))
        .number("passing", outcome.of().share(), 3)
        .number("recall", outcome.recall(), 4)
        .number("qps", outcome.filtered().perSecond(), 0)
        .number("of_unfiltered", outcome.speed(), 3)
        .number("first_pass", outcome.freshSpeed(), 3)
        .integer("short", outcome.shortResults())
        .number("p99_us", outcome.filtered().micros().percentile(99), 1)
        .raw("paths", "{\"" + paths(outcome, "\":", ",\"") + "}");
  }
}
