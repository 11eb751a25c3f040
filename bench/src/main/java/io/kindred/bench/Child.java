package io.kindred.bench;

import io.kindred.bench.report.ProcessMemory;
import io.kindred.engine.KeyType;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.store.EmbeddedStore;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/// What a child JVM does: opens a store as the product does and, when told to, uses it. Says
/// `ready` once it is open, then a line for each thing done, and stays until it is stopped.
///
/// Arguments: what to do, the directory, and a [TablePlan] as [#arguments] writes it.
final class Child {
  private static final int GET_BATCH = 500;
  private static final int SEARCHES = 500;
  private static final int BATCH_ROWS = 500;

  private Child() {}

  /// Opens a store and waits.
  static final String OPEN = "open";

  /// Opens a store, and fills the delta of a table with new rows.
  static final String FILL = "fill";

  /// Opens a store, and measures its memory after each kind of use.
  static final String USE = "use";

  static List<String> arguments(String task, Path directory, TablePlan plan) {
    return List.of(
        task,
        directory.toString(),
        plan.index(),
        Integer.toString(plan.rows()),
        Integer.toString(plan.data().dimension()),
        Long.toString(plan.data().seed()));
  }

  /// Runs one task, then waits for its end.
  public static void main(String[] arguments) throws InterruptedException {
    Path directory = Path.of(arguments[1]);
    String task = arguments[0];
    EmbeddedStore store = EmbeddedStore.open(options(task, directory));
    Runtime.getRuntime().addShutdownHook(new Thread(store::close));
    System.out.println("ready");
    if (!task.equals(OPEN)) {
      Synthetic data = new Synthetic(Integer.parseInt(arguments[4]), Long.parseLong(arguments[5]));
      TablePlan plan =
          new TablePlan(data, KeyType.UINT64, arguments[2], Integer.parseInt(arguments[3]));
      Table table = store.table(plan.name());
      if (task.equals(FILL)) {
        fill(table, plan, StoreOptions.at(directory).deltaRowsMax());
      } else {
        use(table, plan);
      }
    }
    Thread.currentThread().join();
  }

  /// The worst case of a kill is that the last checkpoint lies long back: none is made meanwhile.
  private static StoreOptions options(String task, Path directory) {
    StoreOptions usual = StoreOptions.at(directory);
    if (!task.equals(FILL)) {
      return usual;
    }
    return new StoreOptions(
        directory,
        usual.deltaRowsMax(),
        usual.deltaBytesMax(),
        usual.logSegmentBytes(),
        Duration.ofDays(1),
        usual.buildThreads(),
        usual.clock(),
        usual.listener());
  }

  /// Writes as many rows as a delta takes without being folded: half of them replace rows.
  private static void fill(Table table, TablePlan plan, int deltaRows) {
    long from = (long) plan.rows() - deltaRows / 2;
    long to = from + deltaRows - BATCH_ROWS;
    plan.put(table, from, to);
    System.out.println("filled " + table.info().rowCount());
  }

  private static void use(Table table, TablePlan plan) {
    System.out.println("opened " + ProcessMemory.ofThis().text());
    getAll(table, plan);
    System.out.println("read " + ProcessMemory.ofThis().text());
    Synthetic.Vectors vectors = plan.data().vectors();
    for (int i = 1; i <= SEARCHES; i++) {
      table.search(SearchRequest.of(vectors.vector(-i), 10));
    }
    System.out.println("searched " + ProcessMemory.ofThis().text());
    plan.put(table, 0, 2L * GET_BATCH);
    table.fold();
    getAll(table, plan);
    System.out.println("folded " + ProcessMemory.ofThis().text());
  }

  /// Copies the vector of every row.
  private static void getAll(Table table, TablePlan plan) {
    ByteBuffer into = ByteBuffer.allocateDirect(GET_BATCH * plan.data().dimension() * Float.BYTES);
    for (long row = 0; row < plan.rows(); row += GET_BATCH) {
      long[] keys = new long[(int) Math.min(GET_BATCH, plan.rows() - row)];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = plan.data().number(row + i);
      }
      int missing = table.getVectors(keys, TablePlan.FIELD, into.clear()).length;
      if (missing > 0) {
        throw new IllegalStateException("rows: " + missing + " missing (expected: none)");
      }
    }
  }
}
