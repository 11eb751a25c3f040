package io.kindred.bench;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.store.Writes;
import io.kindred.engine.KeyType;
import io.kindred.engine.Row;
import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// Speed of durable writes inside the engine.
@Command(
    name = "put",
    description = {
      "Durable puts inside the engine into a table without index: each call waits until its rows"
          + " are on the device. The table folds meanwhile, as it does in use."
    },
    mixinStandardHelpOptions = true)
final class PutCommand implements Callable<Integer> {
  private static final int READY_ROWS = 100_000;

  @Mixin private final Scale scale = new Scale();

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long each is measured. Default: 5.")
  private int seconds = 5;

  /// Writers at once, and rows of a call.
  private record Load(int writers, int batch) {}

  private static final List<Load> LOADS =
      List.of(
          new Load(1, 1),
          new Load(32, 1),
          new Load(256, 1),
          new Load(1, 500),
          new Load(4, 500),
          new Load(1, 1_000),
          new Load(4, 1_000));

  @Override
  public Integer call() {
    Report report = new Report("put", System.out);
    TablePlan plan = scale.plan(KeyType.UINT64, "flat");
    // Made beforehand: making a row takes longer than storing it.
    List<Row> rows = plan.batch(plan.data().vectors(), 0, READY_ROWS);
    for (Load load : LOADS) {
      try (StoreDirectory directory = scale.directory();
          EmbeddedStore store = StoreDirectory.open(directory.path())) {
        Table table = store.createTable(plan.spec());
        run(load, table, rows, 1);
        double perSecond = run(load, table, rows, seconds);
        String name = load.writers() + " writers, " + load.batch() + " rows a call";
        report.add(Figure.of(name, perSecond, "rows/s"));
        store.dropTable(plan.name());
      }
    }
    report.print();
    return 0;
  }

  /// Rows stored in a second.
  private static double run(Load load, Table table, List<Row> rows, int seconds) {
    AtomicLong stored = new AtomicLong();
    long started = System.nanoTime();
    long end = started + seconds * 1_000_000_000L;
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<java.util.concurrent.Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < load.writers(); writer++) {
        int first = writer * 1_000;
        running.add(writers.submit(() -> write(load, table, rows, first, end, stored)));
      }
      for (var future : running) {
        future.get();
      }
    } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
      throw new IllegalStateException("a writer failed", e);
    }
    return stored.get() * 1e9 / (System.nanoTime() - started);
  }

  private static void write(
      Load load, Table table, List<Row> rows, int first, long end, AtomicLong stored) {
    int at = first;
    while (System.nanoTime() < end) {
      int from = at % (rows.size() - load.batch());
      stored.addAndGet(Writes.put(table, rows.subList(from, from + load.batch())).join().applied());
      at += load.batch();
    }
  }
}
