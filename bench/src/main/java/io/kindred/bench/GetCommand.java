package io.kindred.bench;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.engine.KeyType;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.Callable;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.BenchmarkResult;
import org.openjdk.jmh.results.IterationResult;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Gets by key inside the engine.
@Command(
    name = "get",
    description = {
      "Gets by key inside the engine, one thread, keys at random, by JMH.",
      "Two figures for each: the median time of single calls, the clock's own time in it; and the"
          + " time per call of calls one after the other (median of the iterations)."
    },
    mixinStandardHelpOptions = true)
final class GetCommand implements Callable<Integer> {
  private static final int BATCH = GetBenchmark.BATCH;

  @Mixin private final Scale scale = new Scale();

  @Option(names = "--forks", paramLabel = "N", description = "JVMs for each. Default: 2.")
  private int forks = 2;

  @Option(
      names = "--only",
      paramLabel = "REGEX",
      description = "Of the measurements in GetBenchmark. Default: all.")
  private String only = ".*";

  /// What is measured, and what it should reach.
  private record Measured(String method, String what, double atMostMicros, double goalMicros) {}

  private static final List<Measured> MEASURED =
      List.of(
          new Measured("vectorOfNumber", "vector of one uint64 key", 0.4, 0.15),
          new Measured("vectorOfText", "vector of one string key", 0.4, 0.15),
          new Measured("batchOfNumbers", "vectors of " + BATCH + " uint64 keys", 120, 75),
          new Measured("batchOfTexts", "vectors of " + BATCH + " string keys", 120, 75),
          new Measured("rowOfNumber", "row of one uint64 key", Double.NaN, Double.NaN),
          new Measured("rowOfText", "row of one string key", Double.NaN, Double.NaN));

  @Override
  public Integer call() throws RunnerException {
    Report report = new Report("get", System.out);
    try (StoreDirectory directory = scale.directory()) {
      TablePlan numbers = scale.plan(KeyType.UINT64, "flat");
      directory.prepare(report, List.of(numbers, scale.plan(KeyType.STRING, "flat")));
      report.progress("measuring");
      Collection<RunResult> results = new Runner(options(directory, numbers).build()).run();
      for (Measured measured : MEASURED) {
        for (RunResult result : results) {
          if (result.getParams().getBenchmark().endsWith("." + measured.method())) {
            report.add(figure(measured, result));
          }
        }
      }
    }
    report.note(
        "Vectors are copied into a caller's direct buffer (Table.getVectors); a row is a StoredRow"
            + " with a new float[] (Table.get).");
    report.print();
    return 0;
  }

  private org.openjdk.jmh.runner.options.ChainedOptionsBuilder options(
      StoreDirectory directory, TablePlan plan) {
    return new OptionsBuilder()
        .include(GetBenchmark.class.getName() + "\\.(" + only + ")$")
        .forks(forks)
        .warmupIterations(4)
        .warmupTime(TimeValue.seconds(1))
        .measurementIterations(5)
        .measurementTime(TimeValue.seconds(1))
        .verbosity(VerboseMode.SILENT)
        .jvmArgsAppend(
            "-D" + GetBenchmark.DIRECTORY + "=" + directory.path().toAbsolutePath(),
            "-D" + GetBenchmark.ROWS + "=" + plan.rows(),
            "-D" + GetBenchmark.DIMENSION + "=" + plan.data().dimension(),
            "-D" + GetBenchmark.SEED + "=" + plan.data().seed(),
            "-Djmh.ignoreLock=true");
  }

  private static Figure figure(Measured measured, RunResult result) {
    boolean isSampled = result.getParams().getMode() == Mode.SampleTime;
    double unitNanos = measured.method().startsWith("batch") ? 1_000 : 1;
    List<Double> values = new ArrayList<>();
    for (BenchmarkResult fork : result.getBenchmarkResults()) {
      for (IterationResult iteration : fork.getIterationResults()) {
        var statistics = iteration.getPrimaryResult().getStatistics();
        double nanos = isSampled ? statistics.getPercentile(50) : statistics.getMean();
        values.add(nanos / unitNanos);
      }
    }
    Samples samples = new Samples(values.stream().mapToDouble(Double::doubleValue).toArray());
    String unit = unitNanos == 1 ? "ns" : "µs";
    String name = measured.what() + (isSampled ? ", median call" : ", call after call");
    Figure figure = Figure.of(name, samples, unit);
    double scaled = 1_000 / unitNanos;
    return Double.isNaN(measured.atMostMicros()) || !isSampled
        ? figure
        : figure.atMost(measured.atMostMicros() * scaled, measured.goalMicros() * scaled);
  }
}
