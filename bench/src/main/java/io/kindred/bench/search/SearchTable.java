package io.kindred.bench.search;

import io.kindred.bench.report.ProcessMemory;
import io.kindred.bench.store.BulkStore;
import io.kindred.bench.store.Pause;
import io.kindred.bench.store.Scratch;
import io.kindred.bench.store.Writes;
import io.kindred.engine.FieldType;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Row;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableInfo;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.store.EmbeddedStore;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;

/// A table of vectors in a store of its own, below a directory that is gone at the end. The key of
/// a row is its number in the file that it comes from. Thread-safe but for [#close].
final class SearchTable implements AutoCloseable {
  static final String NAME = "vectors";
  static final String FIELD = "embedding";
  private static final int BATCH_ROWS = 1_000;
  private static final int BATCHES_UNDER_WAY = 4;

  /// The maintenance looks for work every second.
  private static final Duration QUIET_FOR = Duration.ofSeconds(3);

  private static final Duration QUIET_WITHIN = Duration.ofMinutes(30);

  private final Scratch scratch;
  private final Source source;
  private final EmbeddedStore store;
  private final Times times;

  /// Where rows come from: the vector and the fields of a row, by its number.
  interface Source {
    float[] vector(int row);

    default Map<String, Value> fields(int row) {
      return Map.of();
    }
  }

  /// Which table to make.
  ///
  /// @param threads that build the index
  record Plan(VectorSpec vector, Map<String, FieldType> fields, int threads) {
    TableSpec spec() {
      return TableSpec.of(NAME, KeyType.UINT64, Map.of(FIELD, vector), fields);
    }
  }

  /// How long making the table took, in seconds.
  ///
  /// @param load writing the rows, and all else but the build
  /// @param build what the engine reports as the fold
  record Times(double load, double build) {}

  private SearchTable(Scratch scratch, Source source, Times times) {
    this.scratch = scratch;
    this.source = source;
    this.times = times;
    store = EmbeddedStore.open(StoreOptions.at(scratch.directory()));
  }

  /// Loads rows and folds them once, so that the index holds them all; then opens the store as the
  /// product does.
  static SearchTable load(Plan plan, Source source, int[] rows) {
    Scratch scratch = new Scratch();
    try {
      return new SearchTable(scratch, source, fill(scratch, plan, source, rows));
    } catch (RuntimeException e) {
      scratch.close();
      throw e;
    }
  }

  private static Times fill(Scratch scratch, Plan plan, Source source, int[] rows) {
    long started = System.nanoTime();
    AtomicLong foldNanos = new AtomicLong();
    StoreListener listener =
        new StoreListener() {
          @Override
          public void folded(String table, long count, Duration took) {
            foldNanos.addAndGet(took.toNanos());
          }
        };
    StoreOptions options =
        BulkStore.options(scratch.directory(), rows.length, plan.threads(), listener);
    try (EmbeddedStore store = EmbeddedStore.open(options)) {
      Table table = store.createTable(plan.spec());
      put(table, source, rows);
      table.fold();
    }
    double build = foldNanos.get() / 1e9;
    return new Times((System.nanoTime() - started) / 1e9 - build, build);
  }

  /// Writes rows, a few batches at once, and waits until all are stored.
  void put(int[] rows) {
    put(table(), source, rows);
  }

  private static void put(Table table, Source source, int[] rows) {
    record UnderWay(CompletableFuture<WriteResult> write, int rows) {}
    Deque<UnderWay> underWay = new ArrayDeque<>();
    for (int from = 0; from < rows.length; from += BATCH_ROWS) {
      if (underWay.size() == BATCHES_UNDER_WAY) {
        UnderWay oldest = underWay.remove();
        Writes.await(oldest.write(), oldest.rows());
      }
      int[] batch = Arrays.copyOfRange(rows, from, Math.min(rows.length, from + BATCH_ROWS));
      underWay.add(new UnderWay(Writes.put(table, rows(source, batch)), batch.length));
    }
    underWay.forEach(write -> Writes.await(write.write(), write.rows()));
  }

  private static List<Row> rows(Source source, int[] numbers) {
    List<Row> rows = new ArrayList<>(numbers.length);
    for (int number : numbers) {
      Map<String, float[]> vectors = Map.of(FIELD, source.vector(number));
      rows.add(Row.of(Key.of(number), vectors, source.fields(number), Map.of()));
    }
    return rows;
  }

  /// Deletes rows, and waits until all are gone.
  void delete(int[] rows) {
    for (int from = 0; from < rows.length; from += BATCH_ROWS) {
      int to = Math.min(rows.length, from + BATCH_ROWS);
      List<Key> keys = Arrays.stream(rows, from, to).mapToObj(Key::of).toList();
      Writes.await(Writes.delete(table(), keys), keys.size());
    }
  }

  /// Waits until nothing is written, folded or indexed any more.
  ///
  /// @throws IllegalStateException where that takes longer than half an hour
  void awaitQuiet() {
    Object last = "";
    long quietSince = System.nanoTime();
    long end = quietSince + QUIET_WITHIN.toNanos();
    while (System.nanoTime() - quietSince < QUIET_FOR.toNanos()) {
      if (System.nanoTime() > end) {
        throw new IllegalStateException(
            "table: still busy (expected: quiet in " + QUIET_WITHIN + ")");
      }
      TableInfo info = table().info();
      Object now = List.of(info.delta(), info.indexes());
      boolean isFolding =
          info.indexes().values().stream().anyMatch(i -> i.state().equals("folding"));
      if (isFolding || !now.equals(last)) {
        last = now;
        quietSince = System.nanoTime();
      }
      Pause.briefly();
    }
  }

  Table table() {
    return store.table(NAME);
  }

  Times times() {
    return times;
  }

  /// Bytes of the index's files, in MB.
  double indexMegabytes() {
    return ProcessMemory.megabytes(table().info().bytes().indexes());
  }

  @Override
  public void close() {
    try {
      store.close();
    } finally {
      scratch.close();
    }
  }
}
