package io.kindred.bench.search;

import io.kindred.bench.compare.Curve;
import io.kindred.bench.report.BadInputException;
import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.bench.vectors.ExactSearch;
import io.kindred.bench.vectors.Truth;
import io.kindred.bench.vectors.VectorFile;
import io.kindred.bench.vectors.VectorSet;
import io.kindred.engine.SearchRequest.Effort;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Searches after many deletes and inserts.
@Command(
    name = "churn",
    description = {
      "Deletes a share of the rows at random and inserts as many others, round after round. After"
          + " the first and the last round compares with a fresh build of the same rows: recall at a"
          + " fixed breadth, and speed at recall 0.95, read between the breadths around it; once the"
          + " table is quiet, and after a fold. k = 10, one thread, three turns.",
      "So many of the file's rows are in the table that one round brings in all the others."
    },
    mixinStandardHelpOptions = true)
public final class ChurnCommand implements Callable<Integer> {
  private static final int K = 10;
  private static final int TURNS = 3;
  private static final double WANTED_RECALL = 0.95;
  private static final double RECALL_LOSS = -0.01;
  private static final double SPEED = 0.9;

  @Mixin private final DataOptions data = new DataOptions();
  @Mixin private final IndexOptions index = new IndexOptions();

  @Option(names = "--rounds", paramLabel = "N", description = "Default: 10.")
  private int rounds = 10;

  @Option(
      names = "--percent",
      paramLabel = "N",
      description = "Rows that a round replaces, of those in the table. Default: 30.")
  private int percent = 30;

  @Option(
      names = "--breadth",
      paramLabel = "N",
      description = "The fixed ef or nprobe. Default: 64.")
  private int breadth = 64;

  @Option(
      names = "--searches",
      paramLabel = "N",
      description = "Queries of a measurement. Default: 2000.")
  private int searches = 2_000;

  @Override
  public Integer call() {
    Ranges.require("--rounds", rounds, 1, 1_000);
    Ranges.require("--percent", percent, 1, 100);
    Ranges.require("--searches", searches, 1, 1_000_000);
    if (index.isFlat()) {
      throw new BadInputException("--index", "flat", "an index that is not exact");
    }
    Report report = new Report("churn", System.out);
    VectorSet set = data.resolve("130000x128");
    try (VectorFile base = VectorFile.open(set.base());
        VectorFile queryFile = VectorFile.open(set.queries())) {
      DataOptions.requireSameDimension(base, queryFile);
      var vector = index.vector(base.dimension(), set.metric());
      var plan = new SearchTable.Plan(vector, Map.of(), index.threads());
      SearchCall.effort(plan.spec(), index.knob(), breadth);
      Subject subject =
          new Subject(
              report, plan, base, queryFile.head(searches), new ExactSearch(base, set.metric()));
      run(subject);
    }
    report.print();
    return 0;
  }

  /// What stays the same from round to round. Immutable.
  private record Subject(
      Report report,
      SearchTable.Plan plan,
      VectorFile base,
      float[][] queries,
      ExactSearch exact) {}

  private void run(Subject subject) {
    Report report = subject.report();
    int count = subject.base().count();
    RowPool pool = new RowPool(count, (int) (count * 100L / (100 + percent)), 1);
    int replaced = Math.min(pool.absentCount(), (int) (pool.presentCount() * (percent / 100.0)));
    report.progress("loading and building " + pool.presentCount() + " rows");
    try (SearchTable churned =
        SearchTable.load(subject.plan(), subject.base()::vector, pool.present())) {
      for (int round = 1; round <= rounds; round++) {
        RowPool.Replaced rows = pool.replace(replaced);
        churned.delete(rows.removed());
        churned.put(rows.added());
        report.progress("round %d: %,d deleted and as many inserted".formatted(round, replaced));
        if (round == 1 || round == rounds) {
          compare(subject, churned, pool, "after round " + round);
        }
      }
    }
  }

  private void compare(Subject subject, SearchTable churned, RowPool pool, String when) {
    BitSet present = pool.bits();
    Truth truth = subject.exact().nearest(subject.queries(), K, (_, row) -> present.get(row));
    subject.report().progress(when + ": building the same rows afresh");
    try (SearchTable fresh =
        SearchTable.load(subject.plan(), subject.base()::vector, pool.present())) {
      churned.awaitQuiet();
      compare(subject, churned, fresh, truth, when + ", once quiet");
      churned.table().fold();
      churned.awaitQuiet();
      compare(subject, churned, fresh, truth, when + ", folded");
    }
  }

  private void compare(
      Subject subject, SearchTable churned, SearchTable fresh, Truth truth, String when) {
    String fixed = index.knob() + " " + breadth;
    double[] gains = new double[TURNS];
    double[] speeds = new double[TURNS];
    double[] tuned = new double[TURNS];
    for (int turn = -1; turn < TURNS; turn++) {
      Points ofChurned = points(subject, churned, truth);
      Points ofFresh = points(subject, fresh, truth);
      // The first turn warms up.
      if (turn >= 0) {
        gains[turn] = ofChurned.fixedRecall() - ofFresh.fixedRecall();
        speeds[turn] = ofChurned.perSecond() / ofFresh.perSecond();
        tuned[turn] = ofChurned.tunedRecall();
      }
    }
    Report report = subject.report();
    report.add(
        Figure.of(when + ", recall at " + fixed + " less a fresh build's", new Samples(gains), "1")
            .atLeast(RECALL_LOSS));
    report.add(
        Figure.of(
                when + ", speed at recall " + WANTED_RECALL + " over a fresh build's",
                new Samples(speeds),
                "×")
            .atLeast(SPEED));
    report.add(
        Figure.of(when + ", recall of the tuned default", new Samples(tuned), "1")
            .atLeast(WANTED_RECALL));
  }

  /// What one table reached in one turn. Immutable.
  ///
  /// @param perSecond at the wanted recall, between the breadths around it; NaN where none has it
  private record Points(double fixedRecall, double perSecond, double tunedRecall) {}

  private Points points(Subject subject, SearchTable table, Truth truth) {
    List<Curve.Point> curve = new ArrayList<>();
    for (int value : index.sweep()) {
      curve.add(point(subject, table, effort(subject, value), truth));
    }
    return new Points(
        point(subject, table, effort(subject, breadth), truth).recall(),
        Curve.of(curve).perSecondAt(WANTED_RECALL).orElse(Double.NaN),
        point(subject, table, SearchCall.recall(WANTED_RECALL), truth).recall());
  }

  private Effort effort(Subject subject, int value) {
    return SearchCall.effort(subject.plan().spec(), index.knob(), value);
  }

  private static Curve.Point point(Subject subject, SearchTable table, Effort effort, Truth truth) {
    SearchCall call = new SearchCall(table.table(), K, effort);
    Measurement measured = Measurement.of(call, subject.queries(), Measurement.Filters.NONE);
    return new Curve.Point(measured.recall(subject.exact(), truth), measured.perSecond());
  }
}
