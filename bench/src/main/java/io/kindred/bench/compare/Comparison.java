package io.kindred.bench.compare;

import io.kindred.bench.report.Samples;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeSet;

/// What the runs of several engines on one set say. Immutable.
///
/// @param results of one set
/// @param recall at which engines are compared
record Comparison(List<Result> results, double recall) {

  /// An engine's searches a second at the wanted recall, a sample for each run; nothing where a run
  /// did not reach that recall.
  Optional<Samples> perSecond(String engine) {
    return samples(run -> perSecond(engine, run));
  }

  /// One engine's speed over another's, each run for itself.
  Optional<Samples> speedRatio(String engine, String peer) {
    return samples(run -> quotient(perSecond(engine, run), perSecond(peer, run)));
  }

  /// One engine's build time over another's, each run for itself.
  Optional<Samples> buildRatio(String engine, String peer) {
    return samples(run -> quotient(build(engine, run), build(peer, run)));
  }

  Optional<Samples> build(String engine) {
    return samples(run -> build(engine, run));
  }

  /// What the engine reached when it chose the breadth itself: its recall, then its speed.
  Optional<Curve.Point> tuned(String engine) {
    List<Result> tuned =
        results.stream().filter(r -> r.engine().equals(engine) && r.isTuned()).toList();
    if (tuned.isEmpty()) {
      return Optional.empty();
    }
    double[] recalls = tuned.stream().mapToDouble(r -> r.point().recall()).toArray();
    double[] speeds = tuned.stream().mapToDouble(r -> r.point().perSecond()).toArray();
    return Optional.of(
        new Curve.Point(new Samples(recalls).median(), new Samples(speeds).median()));
  }

  private interface OfRun {
    OptionalDouble in(int run);
  }

  private Optional<Samples> samples(OfRun measured) {
    TreeSet<Integer> runs = new TreeSet<>();
    results.forEach(result -> runs.add(result.run()));
    double[] values = new double[runs.size()];
    int count = 0;
    for (int run : runs) {
      OptionalDouble value = measured.in(run);
      if (value.isEmpty()) {
        return Optional.empty();
      }
      values[count++] = value.getAsDouble();
    }
    return count == 0 ? Optional.empty() : Optional.of(new Samples(values));
  }

  private OptionalDouble perSecond(String engine, int run) {
    List<Curve.Point> points =
        results.stream()
            .filter(r -> r.engine().equals(engine) && r.run() == run && !r.isTuned())
            .map(Result::point)
            .toList();
    return Curve.of(points).perSecondAt(recall);
  }

  private OptionalDouble build(String engine, int run) {
    return results.stream()
        .filter(r -> r.engine().equals(engine) && r.run() == run)
        .mapToDouble(Result::buildSeconds)
        .findFirst();
  }

  private static OptionalDouble quotient(OptionalDouble a, OptionalDouble b) {
    return a.isPresent() && b.isPresent()
        ? OptionalDouble.of(a.getAsDouble() / b.getAsDouble())
        : OptionalDouble.empty();
  }
}
