package io.kindred.engine.store;

import io.kindred.engine.Budget;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// A process that puts rows into a store with a small budget until it is refused for good, and goes
/// on reading; then deletes them and puts rows again. Tells on its output what it saw.
final class MemoryFiller {
  private static final int BATCH = 500;
  private static final int DIMENSION = 64;

  /// A fold that makes room for fewer batches makes none that is worth another: refused for good.
  private static final int BATCHES_WORTH_A_FOLD = 4;

  private MemoryFiller() {}

  /// @param args directory, budget in bytes
  public static void main(String[] args) throws Exception {
    Budget budget = Budget.DEFAULT.withMemoryBytes(Long.parseLong(args[1]));
    try (EmbeddedStore store =
        EmbeddedStore.open(StoreOptions.at(Path.of(args[0])).withBudget(budget))) {
      Table table =
          store.createTable(
              new TableSpec(
                  "t",
                  KeyType.UINT64,
                  Map.of("v", new VectorSpec(DIMENSION, Metric.L2, new IndexSpec.Hnsw(4, 16))),
                  Map.of(),
                  null,
                  null,
                  Durability.BUFFERED,
                  1));
      int count = fill(table);
      System.out.println("rows " + count);
      System.out.println("used " + store.health().memory().usedBytes());
      System.out.println("resident " + residentBytes());
      for (int i = 0; i < count; i += 97) {
        if (table.get(Key.of(i), Projection.ALL).isEmpty()) {
          throw new AssertionError("row " + i + " is gone");
        }
      }
      delete(table, count);
      table.fold();
      System.out.println("emptied " + store.health().memory().usedBytes());
      table.write(rows(0, BATCH)).join();
      System.out.println("again " + table.info().rowCount());
    }
  }

  private static int fill(Table table) {
    int count = 0;
    int countAtFold = -BATCHES_WORTH_A_FOLD * BATCH;
    while (true) {
      try {
        table.write(rows(count, BATCH)).join();
        count += BATCH;
      } catch (KindredException e) {
        if (e.code() != ErrorCode.OVERLOADED) {
          throw e;
        }
        if (count - countAtFold < BATCHES_WORTH_A_FOLD * BATCH) {
          return count;
        }
        countAtFold = count;
        table.fold();
      }
    }
  }

  private static void delete(Table table, int count) {
    for (int from = 0; from < count; from += BATCH) {
      List<Key> keys = new ArrayList<>();
      for (int i = from; i < from + BATCH; i++) {
        keys.add(Key.of(i));
      }
      table.write(new Mutation.Delete(keys, null)).join();
    }
  }

  private static Mutation rows(int from, int count) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      float[] vector = new float[DIMENSION];
      vector[i % DIMENSION] = i;
      rows.add(Row.of(Key.of(i), Map.of("v", vector), Map.of(), Map.of()));
    }
    return new Mutation.Put(rows, null);
  }

  private static long residentBytes() throws java.io.IOException {
    for (String line : Files.readAllLines(Path.of("/proc/self/status"))) {
      if (line.startsWith("RssAnon:")) {
        return Long.parseLong(line.replaceAll("\\D", "")) << 10;
      }
    }
    throw new AssertionError("/proc/self/status without RssAnon");
  }
}
