package io.kindred.bench;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Samples;
import io.kindred.bench.store.Scratch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/// Starts one kind of process again and again. Owned by one thread.
///
/// @param what is started, for the figures' names
/// @param start starts a process on a directory and waits until it answers
record Starts(String what, Function<Path, ChildJvm> start) {
  static ChildJvm engine(Path directory) {
    TablePlan none =
        new TablePlan(new Synthetic(1, 1), io.kindred.engine.KeyType.UINT64, "flat", 1);
    ChildJvm child = ChildJvm.java(Child.class, Child.arguments(Child.OPEN, directory, none));
    child.await("ready");
    return child;
  }

  /// A new store each time.
  Figure empty(Path scratch, int runs) {
    List<Double> seconds = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      Path directory = scratch.resolve(what + "-empty-" + run);
      try (ChildJvm child = start.apply(directory)) {
        seconds.add(child.seconds());
        child.stop();
      }
    }
    return figure("empty", seconds);
  }

  /// The same store each time, stopped cleanly in between.
  Figure clean(Path directory, String name, int runs) {
    List<Double> seconds = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      try (ChildJvm child = start.apply(directory)) {
        seconds.add(child.seconds());
        child.stop();
      }
    }
    return figure(name, seconds);
  }

  /// A copy of a store each time, whose process was killed once the delta was full.
  Figure killed(Path directory, TablePlan plan, String name, int runs) {
    List<Double> seconds = new ArrayList<>();
    for (int run = 0; run < runs; run++) {
      try (Scratch copy = new Scratch()) {
        copy.copyOf(directory);
        fillAndKill(copy.directory(), plan);
        try (ChildJvm child = start.apply(copy.directory())) {
          seconds.add(child.seconds());
        }
      }
    }
    return figure(name, seconds);
  }

  private static void fillAndKill(Path directory, TablePlan plan) {
    try (ChildJvm child =
        ChildJvm.java(Child.class, Child.arguments(Child.FILL, directory, plan))) {
      child.await("filled");
      child.kill();
    }
  }

  private Figure figure(String name, List<Double> seconds) {
    Samples samples = new Samples(seconds.stream().mapToDouble(Double::doubleValue).toArray());
    return Figure.of("ready, " + what + ", " + name, samples, "s");
  }
}
