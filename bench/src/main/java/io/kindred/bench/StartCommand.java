package io.kindred.bench;

import io.kindred.bench.report.Report;
import io.kindred.bench.store.Scratch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Time until a new process answers.
@Command(
    name = "start",
    description = {
      "Time from the start of a process until it answers: an empty store, a loaded one after a"
          + " clean stop, and one after kill -9 with a full delta and no checkpoint since.",
      "Once with the engine alone in a child JVM, once with ./kindred serve. Files are in the"
          + " system's cache, as they are after a restart of the process."
    },
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  private static final double EMPTY_SECONDS = 2.5;
  private static final double CLEAN_SECONDS = 3;
  private static final double KILLED_SECONDS = 10;

  @Mixin private final Scale scale = new Scale();

  @Option(
      names = "--index",
      split = ",",
      paramLabel = "KIND",
      description = "flat, hnsw, or both with a comma between. Default: flat.")
  private List<String> indexes = List.of("flat");

  @Option(names = "--runs", paramLabel = "N", description = "Starts of each kind. Default: 5.")
  private int runs = 5;

  @Override
  public Integer call() {
    Report report = new Report("start", System.out);
    try (Scratch scratch = new Scratch();
        StoreDirectory directory = scale.directory()) {
      Starts engine = new Starts("engine", Starts::engine);
      Path launcher = Launcher.path();
      if (launcher != null) {
        report.progress("building kindred where its sources changed");
        Launcher.build(launcher);
      }
      Starts server =
          launcher == null ? null : new Starts("serve", path -> Launcher.serve(launcher, path));
      measureEmpty(report, scratch, engine, server);
      List<TablePlan> plans = scale.plans(indexes);
      directory.prepare(report, plans);
      measureClean(report, directory, engine, server);
      for (TablePlan plan : plans) {
        measureKilled(report, directory, plan, engine, server);
      }
    }
    report.print();
    return 0;
  }

  private void measureEmpty(
      Report report, Scratch scratch, Starts engine, @Nullable Starts server) {
    report.add(engine.empty(scratch.directory(), runs).atMost(EMPTY_SECONDS));
    if (server != null) {
      report.add(server.empty(scratch.directory(), runs).atMost(EMPTY_SECONDS));
    }
  }

  private void measureClean(
      Report report, StoreDirectory directory, Starts engine, @Nullable Starts server) {
    String what = scale.describe(indexes) + ", after a clean stop";
    report.add(engine.clean(directory.path(), what, runs).atMost(CLEAN_SECONDS));
    if (server != null) {
      report.add(server.clean(directory.path(), what, runs).atMost(CLEAN_SECONDS));
    }
  }

  private void measureKilled(
      Report report,
      StoreDirectory directory,
      TablePlan plan,
      Starts engine,
      @Nullable Starts server) {
    String what = scale.describe(List.of(plan.index())) + ", after kill -9";
    List<Starts> all = new ArrayList<>(List.of(engine));
    if (server != null) {
      all.add(server);
    }
    for (Starts starts : all) {
      report.add(starts.killed(directory.path(), plan, what, runs).atMost(KILLED_SECONDS));
    }
  }
}
