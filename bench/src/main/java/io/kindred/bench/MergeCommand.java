package io.kindred.bench;

import io.kindred.bench.report.Figure;
import io.kindred.bench.report.Report;
import io.kindred.bench.store.Writes;
import io.kindred.engine.CountWindow;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.Origin;
import io.kindred.engine.RowMerge;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.store.EmbeddedStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// Speed of durable merges inside the engine.
@Command(
    name = "merge",
    description = {
      "Durable merges inside the engine into a table without index, of users that act at random: each"
          + " call waits until its rows are on the device. Events come with their offsets. The table"
          + " folds meanwhile, as it does in use."
    },
    mixinStandardHelpOptions = true)
final class MergeCommand implements Callable<Integer> {
  private static final int READY_MERGES = 100_000;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Option(names = "--rows", paramLabel = "N", description = "Users. Default: 70000.")
  private int rows = 70_000;

  @Option(
      names = "--dimension",
      paramLabel = "N",
      description = "Components of a vector. Default: 64.")
  private int dimension = 64;

  @Option(names = "--seed", paramLabel = "N", description = "Of the made-up data. Default: 1.")
  private long seed = 1;

  @Option(
      names = "--seconds",
      paramLabel = "N",
      description = "How long each is measured. Default: 5.")
  private int seconds = 5;

  /// What an event merges.
  private enum Kind {
    TASTE("decayed mean"),
    TASTE_AND_COUNTS("decayed mean, counts in 3 windows"),
    ALL("decayed mean, counts in 3 windows, filter of 500 ids");

    private final String words;

    Kind(String words) {
      this.words = words;
    }
  }

  /// Writers at once, and rows of a call.
  private record Load(Kind kind, int writers, int batch) {}

  private static final List<Load> LOADS =
      List.of(
          new Load(Kind.TASTE, 1, 1_000),
          new Load(Kind.TASTE, 4, 1_000),
          new Load(Kind.TASTE, 4, 4_000),
          new Load(Kind.TASTE_AND_COUNTS, 4, 1_000),
          new Load(Kind.ALL, 4, 1_000));

  @Override
  public Integer call() {
    Report report = new Report("merge", System.out);
    for (Load load : LOADS) {
      List<RowMerge> merges = merges(load.kind());
      try (StoreDirectory directory = new StoreDirectory(null);
          EmbeddedStore store = StoreDirectory.open(directory.path())) {
        Table table = store.createTable(spec());
        run(load, table, merges, 2);
        double perSecond = run(load, table, merges, seconds);
        String name =
            "%s; %d writers, %d rows a call"
                .formatted(load.kind().words, load.writers(), load.batch());
        report.add(Figure.of(name, perSecond, "merges/s"));
      }
    }
    report.print();
    return 0;
  }

  private TableSpec spec() {
    return TableSpec.of(
        "users",
        KeyType.UINT64,
        Map.of("taste", new VectorSpec(dimension, Metric.COSINE, new IndexSpec.Flat())),
        Map.of("hour", FieldType.INT64, "day", FieldType.INT64, "week", FieldType.INT64));
  }

  /// Made beforehand: making a merge takes long. A user's events are some minutes apart.
  private List<RowMerge> merges(Kind kind) {
    Random random = new Random(seed);
    List<RowMerge> merges = new ArrayList<>(READY_MERGES);
    for (int i = 0; i < READY_MERGES; i++) {
      List<MergeOperation> operations = new ArrayList<>();
      operations.add(taste(random));
      if (kind != Kind.TASTE) {
        operations.add(counts());
      }
      if (kind == Kind.ALL) {
        operations.add(
            new MergeOperation.AddToFilter("seen", Key.of(random.nextInt(90_000)), 500, 0.01));
      }
      merges.add(
          new RowMerge(Key.of(random.nextInt(rows)), START.plusMillis(i * 10L), operations, null));
    }
    return merges;
  }

  private MergeOperation taste(Random random) {
    float[] item = new float[dimension];
    for (int i = 0; i < dimension; i++) {
      item[i] = (float) random.nextGaussian();
    }
    return new MergeOperation.DecayedMean(
        "taste", "taste-state", item, 1, Duration.ofHours(6), MergeOperation.Scaling.UNIT);
  }

  private static MergeOperation counts() {
    return new MergeOperation.Count(
        "clicks",
        1,
        List.of(
            new CountWindow("hour", Duration.ofHours(1)),
            new CountWindow("day", Duration.ofDays(1)),
            new CountWindow("week", Duration.ofDays(7))));
  }

  /// Rows merged in a second.
  private static double run(Load load, Table table, List<RowMerge> merges, int seconds) {
    AtomicLong merged = new AtomicLong();
    long started = System.nanoTime();
    long end = started + seconds * 1_000_000_000L;
    try (ExecutorService writers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<?>> running = new ArrayList<>();
      for (int writer = 0; writer < load.writers(); writer++) {
        // A source of its own in each run, so that no event is a repeated one.
        String source = "bench-" + started + "-" + writer;
        running.add(writers.submit(() -> write(load, table, merges, source, end, merged)));
      }
      for (Future<?> future : running) {
        future.get();
      }
    } catch (InterruptedException | ExecutionException e) {
      throw new IllegalStateException("a writer failed", e);
    }
    return merged.get() * 1e9 / (System.nanoTime() - started);
  }

  private static void write(
      Load load, Table table, List<RowMerge> merges, String source, long end, AtomicLong merged) {
    int at = Math.floorMod(source.hashCode(), merges.size());
    for (long offset = 0; System.nanoTime() < end; offset++) {
      int from = at % (merges.size() - load.batch());
      long[] offsets = new long[load.batch()];
      Arrays.fill(offsets, offset);
      Writes.await(
          Writes.merge(
              table,
              merges.subList(from, from + load.batch()),
              new Origin.Events(source, 0, offsets)),
          load.batch());
      merged.addAndGet(load.batch());
      at += load.batch();
    }
  }
}
