package io.kindred.bench.compare;

import io.kindred.bench.report.BadInputException;
import io.kindred.bench.report.Samples;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/// Draws results.
@Command(
    name = "chart",
    description = {
      "Draws recall against searches a second as SVG, a line for each engine, from files that bench"
          + " compare or bench ann wrote. Each point is the median of its runs."
    },
    mixinStandardHelpOptions = true)
public final class ChartCommand implements Callable<Integer> {
  @Parameters(
      arity = "1..*",
      paramLabel = "RESULTS",
      description = "Files with a JSON object a line.")
  private List<Path> files = List.of();

  @Option(
      names = "--set",
      paramLabel = "NAME",
      description = "Which set, where the files hold several.")
  private @Nullable String set;

  @Option(names = "--title", paramLabel = "TEXT", description = "Default: the set's name.")
  private @Nullable String title;

  @Option(
      names = "--out",
      required = true,
      paramLabel = "FILE.svg",
      description = "Replaced where it exists.")
  private @Nullable Path out;

  @Override
  public Integer call() {
    List<Result> results = new ArrayList<>();
    files.forEach(file -> results.addAll(Result.readAll(file)));
    String name = set == null ? onlySet(results) : set;
    List<Chart.Series> series = series(results.stream().filter(r -> r.set().equals(name)).toList());
    if (series.isEmpty() || series.size() > Chart.SERIES_MAX) {
      throw new BadInputException(
          name.isEmpty() ? "engines" : "engines of " + name,
          series.size(),
          "1 to " + Chart.SERIES_MAX);
    }
    write(new Chart(title == null ? name : title, series).svg());
    return 0;
  }

  private static String onlySet(List<Result> results) {
    TreeSet<String> names = new TreeSet<>();
    results.forEach(result -> names.add(result.set()));
    if (names.size() != 1) {
      throw new BadInputException("--set", "none", "one of " + String.join(", ", names));
    }
    return names.first();
  }

  /// A line for each engine, in the order in which they first come.
  static List<Chart.Series> series(List<Result> results) {
    Map<String, Map<String, List<Result>>> byEngine = new LinkedHashMap<>();
    for (Result result : results) {
      if (!result.isTuned()) {
        byEngine
            .computeIfAbsent(result.engine(), _ -> new LinkedHashMap<>())
            .computeIfAbsent(result.setting(), _ -> new ArrayList<>())
            .add(result);
      }
    }
    List<Chart.Series> series = new ArrayList<>();
    byEngine.forEach(
        (engine, bySetting) ->
            series.add(
                new Chart.Series(
                    engine,
                    bySetting.values().stream()
                        .map(ChartCommand::median)
                        .sorted(Comparator.comparingDouble(Curve.Point::recall))
                        .toList())));
    return series;
  }

  private static Curve.Point median(List<Result> runs) {
    return new Curve.Point(
        new Samples(runs.stream().mapToDouble(r -> r.point().recall()).toArray()).median(),
        new Samples(runs.stream().mapToDouble(r -> r.point().perSecond()).toArray()).median());
  }

  private void write(String svg) {
    Path file = java.util.Objects.requireNonNull(out, "required");
    try {
      Files.writeString(file, svg);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    System.out.println("wrote " + file);
  }
}
