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
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionException;

/// A process whose data directory is a small file system of its own: it fills it, has it full, and
/// has it read-only. Tells on its output what it saw.
final class SmallDisk {
  private static final int BATCH = 200;
  private static final int DIMENSION = 64;

  private final Path directory;

  private SmallDisk(Path directory) {
    this.directory = directory;
  }

  /// @param args the directory of the file system, then the least free bytes
  public static void main(String[] args) throws Exception {
    SmallDisk disk = new SmallDisk(Path.of(args[0], "data"));
    int count = disk.fillToTheWatermark(Long.parseLong(args[1]));
    disk.haveItFull(Path.of(args[0], "filler"), count);
    disk.haveItReadOnly(args[0]);
  }

  private EmbeddedStore open(long freeBytesMin) {
    StoreOptions options =
        new StoreOptions(
            directory,
            400_000,
            256 << 20,
            1 << 20,
            Duration.ofHours(1),
            1,
            InstantSource.system(),
            StoreListener.NONE);
    return EmbeddedStore.open(options.withBudget(Budget.DEFAULT.withDiskFreeBytes(freeBytesMin)));
  }

  private int fillToTheWatermark(long freeBytesMin) {
    try (EmbeddedStore store = open(freeBytesMin)) {
      Table table =
          store.createTable(
              new TableSpec(
                  "t",
                  KeyType.UINT64,
                  Map.of("v", new VectorSpec(DIMENSION, Metric.L2, new IndexSpec.Flat())),
                  Map.of(),
                  null,
                  null,
                  Durability.SYNCED,
                  1));
      int count = 0;
      while (put(table, count)) {
        count += BATCH;
      }
      System.out.println("refused " + count);
      System.out.println("free " + directory.toFile().getUsableSpace());
      require(table.get(Key.of(count - 1L), Projection.ALL).isPresent(), "reads go on");
      require(!store.health().problems().isEmpty(), "it is told");
      return count;
    }
  }

  /// Without watermarks, and with not a byte left: the system itself refuses.
  private void haveItFull(Path filler, int count) throws IOException {
    try (EmbeddedStore store = open(0)) {
      Table table = store.table("t");
      fill(filler);
      int stored = count;
      while (put(table, stored)) {
        stored += BATCH;
      }
      requireUnavailable(table::fold);
      require(table.info().rowCount() == stored, "nothing of what was refused is there");
      Files.delete(filler);
      require(put(table, stored), "rows are taken again");
      store.checkpoint();
      table.fold();
      System.out.println("again " + table.info().rowCount());
    }
  }

  private void haveItReadOnly(String mount) throws Exception {
    run("mount", "-o", "remount,ro", mount);
    requireUnavailable(() -> open(0).close());
    run("mount", "-o", "remount,rw", mount);
    try (EmbeddedStore store = open(0)) {
      System.out.println("rows " + store.table("t").info().rowCount());
    }
    System.out.println("problems " + StoreVerifier.verify(directory, line -> {}).size());
  }

  private static void run(String... command) throws Exception {
    require(new ProcessBuilder(command).inheritIO().start().waitFor() == 0, command[0]);
  }

  private static void fill(Path filler) throws IOException {
    byte[] bytes = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler)) {
      while (filler.toFile().getUsableSpace() > 0) {
        out.write(bytes);
      }
    }
  }

  private static boolean put(Table table, int from) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < from + BATCH; i++) {
      float[] vector = new float[DIMENSION];
      vector[i % DIMENSION] = i;
      rows.add(Row.of(Key.of(i), Map.of("v", vector), Map.of(), Map.of()));
    }
    try {
      table.write(new Mutation.Put(rows, null)).join();
      return true;
    } catch (KindredException e) {
      require(e.code() == ErrorCode.STORAGE_UNAVAILABLE, e.toString());
      return false;
    } catch (CompletionException e) {
      boolean isExpected =
          e.getCause() instanceof KindredException cause
              && cause.code() == ErrorCode.STORAGE_UNAVAILABLE;
      require(isExpected, String.valueOf(e.getCause()));
      return false;
    }
  }

  private static void requireUnavailable(Runnable work) {
    try {
      work.run();
    } catch (KindredException e) {
      require(e.code() == ErrorCode.STORAGE_UNAVAILABLE, e.toString());
      return;
    }
    throw new AssertionError("succeeded (expected: STORAGE_UNAVAILABLE)");
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }
}
