package io.kindred.app.soak;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/// Judges the samples of a soak: the time after the first quarter is cut into windows, and each is
/// compared with the first of them. Immutable.
///
/// A window is long enough for several folds, so that its mean and its peak are levels. Of the p99s
/// of a window's samples the lower quartile counts: other programs of the machine make a sample
/// slower, and none makes it faster.
record SoakVerdict(SoakPlan plan, List<List<Sample>> windows) {
  /// Faster than this is not slow, whatever the first window had.
  private static final double SLOW_MILLIS = 5;

  private static final double SLOW_QUANTILE = 0.25;

  static SoakVerdict of(SoakPlan plan, List<Sample> samples) {
    double total = plan.time().toMillis() / 1e3;
    double window = total * 3 / 4 / plan.windows();
    List<List<Sample>> windows = new ArrayList<>();
    for (int i = 0; i < plan.windows(); i++) {
      double start = total / 4 + i * window;
      windows.add(
          samples.stream()
              .filter(it -> it.seconds() >= start && it.seconds() < start + window)
              .toList());
    }
    return new SoakVerdict(plan, windows);
  }

  /// What is not as it should be, a sentence each.
  List<String> problems() {
    List<String> problems = new ArrayList<>();
    for (int i = 0; i < windows.size(); i++) {
      if (windows.get(i).isEmpty()) {
        return List.of("no sample in window " + i);
      }
    }
    addLevels(problems, "resident memory", Sample::residentBytes);
    addLevels(problems, "disk", Sample::diskBytes);
    addSlowdowns(problems, "writes", sample -> sample.writes().p99Millis());
    addSlowdowns(problems, "searches", sample -> sample.searches().p99Millis());
    addRows(problems);
    return problems;
  }

  private void addLevels(List<String> problems, String what, ToDoubleFunction<Sample> bytes) {
    double[] means = each(bytes, values -> Arrays.stream(values).average().orElseThrow());
    double[] peaks = each(bytes, values -> values[values.length - 1]);
    for (int i = 1; i < windows.size(); i++) {
      if (Math.abs(means[i] - means[0]) > tolerance(means[0])) {
        problems.add(problem(what + ", mean bytes", i, means));
      }
      if (peaks[i] - peaks[0] > tolerance(peaks[0])) {
        problems.add(problem(what + ", peak bytes", i, peaks));
      }
    }
  }

  private double tolerance(double level) {
    return plan.levelTolerance() * level + plan.slackBytes();
  }

  private void addSlowdowns(
      List<String> problems, String what, ToDoubleFunction<Sample> p99Millis) {
    double[] typical = each(p99Millis, values -> values[(int) (values.length * SLOW_QUANTILE)]);
    for (int i = 1; i < windows.size(); i++) {
      if (typical[i] > Math.max(SLOW_MILLIS, typical[0]) * plan.slowdownMax()) {
        problems.add(problem("p99 of " + what + ", ms", i, typical));
      }
    }
  }

  /// One figure of each window, of its finite values in ascending order; infinite where there is
  /// none, as where no call was answered.
  private double[] each(ToDoubleFunction<Sample> value, ToDoubleFunction<double[]> figure) {
    double[] figures = new double[windows.size()];
    for (int i = 0; i < figures.length; i++) {
      double[] values =
          windows.get(i).stream().mapToDouble(value).filter(Double::isFinite).sorted().toArray();
      figures[i] = values.length == 0 ? Double.POSITIVE_INFINITY : figure.applyAsDouble(values);
    }
    return figures;
  }

  private static String problem(String what, int window, double[] values) {
    return String.format(
        Locale.ROOT,
        "%s: %,.1f in window %d (expected: about %,.1f as in window 0; all windows: %s)",
        what,
        values[window],
        window,
        values[0],
        Arrays.toString(values));
  }

  /// Rows that are being written or have just expired make a difference, and nothing else.
  private void addRows(List<String> problems) {
    long batches = (long) plan.batchRows() * SoakPlan.WRITERS;
    long min = plan.rows() - batches;
    long max = plan.rows() + batches + 2 * plan.rowsExpiring();
    for (List<Sample> window : windows) {
      for (Sample sample : window) {
        if (sample.rows() < min || sample.rows() > max) {
          problems.add(
              "rows: %d after %.1f s (expected: %d to %d)"
                  .formatted(sample.rows(), sample.seconds(), min, max));
          return;
        }
      }
    }
  }

  /// The levels of each window, for a person.
  String summary() {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < windows.size(); i++) {
      text.append(
          String.format(
              Locale.ROOT,
              "window %d: resident %.1f MB, disk %.1f MB, p99 writes %.1f ms, searches %.1f ms%n",
              i,
              mean(i, Sample::residentBytes) / 1e6,
              mean(i, Sample::diskBytes) / 1e6,
              mean(i, sample -> sample.writes().p99Millis()),
              mean(i, sample -> sample.searches().p99Millis())));
    }
    return text.toString();
  }

  private double mean(int window, ToDoubleFunction<Sample> value) {
    return windows.get(window).stream()
        .mapToDouble(value)
        .filter(Double::isFinite)
        .average()
        .orElse(Double.NaN);
  }
}
