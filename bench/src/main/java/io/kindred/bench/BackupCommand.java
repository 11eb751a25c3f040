package io.kindred.bench;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.report.Samples;
import io.kindred.bench.store.Scratch;
import io.kindred.bench.store.Writes;
import io.kindred.engine.KeyType;
import io.kindred.engine.Table;
import io.kindred.engine.backup.Backups;
import io.kindred.engine.backup.DirectoryObjectStore;
import io.kindred.engine.backup.Progress;
import io.kindred.engine.store.EmbeddedStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.LockSupport;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// What a backup costs, and what it costs those who write meanwhile.
@Command(
    name = "backup",
    description = {
      "A backup to a directory of the same device while 1,000 rows a second are written, beside a"
          + " plain copy of the tables' files (`cp -r`, then `sync -f`) while nothing is.",
      "Write latencies count from when a call of ten rows was due, once for as long as is asked and"
          + " once during the backups."
    },
    mixinStandardHelpOptions = true)
final class BackupCommand implements Callable<Integer> {
  private static final int RUNS = 3;
  private static final int BATCH = 10;
  private static final long INTERVAL_NANOS = 10_000_000;
  private static final double RATIO_MAX = 1.5;
  private static final double STALL_MILLIS_MAX = 100;

  @Mixin private final Scale scale = new Scale();

  @Option(names = "--index", paramLabel = "KIND", description = "flat or hnsw. Default: hnsw.")
  private String index = "hnsw";

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long is written without a backup. Default: 30.")
  private int seconds = 30;

  @Override
  public Integer call() throws IOException, InterruptedException {
    Report report = new Report("backup", System.out);
    TablePlan plan = scale.plan(KeyType.UINT64, index);
    try (StoreDirectory directory = scale.directory()) {
      directory.prepare(report, List.of(plan));
      double[] copies = new double[RUNS];
      for (int run = 0; run < RUNS; run++) {
        copies[run] = copySeconds(directory.path().resolve("tables"));
      }
      Samples copy = new Samples(copies);
      report.add(Figure.of("plain copy", copy, "s"));
      try (EmbeddedStore store = StoreDirectory.open(directory.path())) {
        measure(report, store, plan, copy.median());
      }
    }
    report.print();
    return report.isMet() ? 0 : 1;
  }

  private void measure(Report report, EmbeddedStore store, TablePlan plan, double copySeconds) {
    Writer writer = new Writer(store.table(plan.name()), plan);
    writer.during(() -> LockSupport.parkNanos(seconds * 1_000_000_000L));
    report(report, "writes without a backup", writer.takeMillis(), false);
    double[] backups = new double[RUNS];
    for (int run = 0; run < RUNS; run++) {
      report.progress("backup " + (run + 1) + " of " + RUNS);
      int at = run;
      writer.during(() -> backups[at] = backupSeconds(store));
    }
    Samples taken = new Samples(backups);
    report.add(Figure.of("backup", taken, "s"));
    report.add(
        Figure.of("backup ÷ plain copy", taken.median() / copySeconds, "").atMost(RATIO_MAX));
    report(report, "writes during a backup", writer.takeMillis(), true);
  }

  private static void report(Report report, String what, double[] millis, boolean isJudged) {
    Samples samples = new Samples(millis);
    report.add(Figure.of(what + ", p50", samples.median(), "ms"));
    report.add(Figure.of(what + ", p99.9", samples.percentile(99.9), "ms"));
    Figure largest = Figure.of(what + ", largest", samples.largest(), "ms");
    report.add(isJudged ? largest.atMost(STALL_MILLIS_MAX) : largest);
  }

  private static double backupSeconds(EmbeddedStore store) {
    try (Scratch place = new Scratch()) {
      Backups backups = new Backups(new DirectoryObjectStore(place.directory()));
      long started = System.nanoTime();
      var _ = backups.create(store, List.of(), new Progress());
      return (System.nanoTime() - started) / 1e9;
    }
  }

  private static double copySeconds(Path tables) throws IOException, InterruptedException {
    try (Scratch target = new Scratch()) {
      run("sync");
      long started = System.nanoTime();
      run("cp", "-r", tables.toString(), target.directory().toString());
      run("sync", "-f", target.directory().toString());
      return (System.nanoTime() - started) / 1e9;
    }
  }

  private static void run(String... command) throws IOException, InterruptedException {
    int status = new ProcessBuilder(command).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IllegalStateException(String.join(" ", command) + ": status " + status);
    }
  }

  /// Replaces rows at a constant rate, and notes how long each call took. Owned by one thread.
  private static final class Writer {
    private final Table table;
    private final TablePlan plan;
    private final Synthetic.Vectors vectors;
    private final List<Double> millis = new ArrayList<>();
    private long next;

    Writer(Table table, TablePlan plan) {
      this.table = table;
      this.plan = plan;
      this.vectors = plan.data().vectors();
    }

    /// Writes while something is done, on a thread of its own.
    void during(Runnable work) {
      AtomicBoolean isOver = new AtomicBoolean();
      CompletableFuture<Void> written = CompletableFuture.runAsync(() -> write(isOver));
      try {
        work.run();
      } finally {
        isOver.set(true);
        written.join();
      }
    }

    private void write(AtomicBoolean isOver) {
      long due = System.nanoTime();
      while (!isOver.get()) {
        for (long early = due - System.nanoTime(); early > 0; early = due - System.nanoTime()) {
          LockSupport.parkNanos(early);
        }
        long from = next % (plan.rows() - BATCH);
        Writes.await(Writes.put(table, plan.batch(vectors, from, from + BATCH)), BATCH);
        millis.add((System.nanoTime() - due) / 1e6);
        next += BATCH;
        due += INTERVAL_NANOS;
      }
    }

    double[] takeMillis() {
      double[] taken = millis.stream().mapToDouble(Double::doubleValue).toArray();
      millis.clear();
      return taken;
    }
  }
}
