package io.kindred.engine.store;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
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
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Collectors;

/// The process that [StoreCrashTest] kills: changes rows without end, and announces each change
/// before it makes it and says when it was answered. Two writers own half of the keys each.
final class CrashingWriter {
  static final long KEYS = 2_000;
  private static final int DELTA_ROWS_MAX = 300;

  private final Table table;
  private final int writer;
  private final Random random;
  private long nextNumber;

  private CrashingWriter(Table table, int round, int writer) {
    this.table = table;
    this.writer = writer;
    this.random = new Random(round * 2L + writer);
    this.nextNumber = (round * 2L + writer + 1) * 1_000_000;
  }

  public static void main(String[] arguments) {
    int round = Integer.parseInt(arguments[1]);
    StoreOptions options = StoreOptions.at(Path.of(arguments[0])).withDeltaRowsMax(DELTA_ROWS_MAX);
    EmbeddedStore store = EmbeddedStore.open(options);
    Table table = round == 0 ? store.createTable(spec()) : store.table("t");
    for (int writer = 0; writer < 2; writer++) {
      CrashingWriter one = new CrashingWriter(table, round, writer);
      Thread.ofPlatform().start(one::run);
    }
    while (true) {
      store.checkpoint();
      table.fold();
    }
  }

  private static TableSpec spec() {
    return new TableSpec(
        "t",
        KeyType.UINT64,
        Map.of("place", new VectorSpec(4, Metric.L2, new IndexSpec.Hnsw(4, 16))),
        Map.of("change", FieldType.INT64),
        null,
        null,
        Durability.SYNCED,
        2);
  }

  /// The vector of a row that a change made.
  static float[] vector(long key, long number) {
    return new float[] {key, number % 1000, 1, 2};
  }

  private void run() {
    while (true) {
      List<Long> keys = keys();
      long number = nextNumber++;
      switch (random.nextInt(4)) {
        case 0 -> {
          announce(0, keys);
          answered(new Mutation.Delete(keys.stream().map(Key::of).toList(), null));
        }
        case 1 -> {
          // No one else changes these keys, so what is there stays there.
          keys.removeIf(key -> table.get(Key.of(key), Projection.KEY).isEmpty());
          if (!keys.isEmpty()) {
            announce(number, keys);
            answered(
                new Mutation.Update(keys.stream().map(key -> row(key, number)).toList(), null));
          }
        }
        default -> {
          announce(number, keys);
          answered(new Mutation.Put(keys.stream().map(key -> row(key, number)).toList(), null));
        }
      }
    }
  }

  private List<Long> keys() {
    List<Long> keys = new ArrayList<>();
    int count = 1 + random.nextInt(30);
    for (int i = 0; i < count; i++) {
      keys.add(random.nextLong(KEYS / 2) * 2 + writer);
    }
    return new ArrayList<>(new LinkedHashSet<>(keys));
  }

  private static Row row(long key, long number) {
    return Row.of(
        Key.of(key),
        Map.of("place", vector(key, number)),
        Map.of("change", Value.of(number)),
        Map.of());
  }

  private void announce(long number, List<Long> keys) {
    say(
        number
            + " "
            + keys.stream().map(String::valueOf).collect(Collectors.joining(","))
            + " end");
  }

  private void answered(Mutation mutation) {
    while (true) {
      try {
        var _ = table.write(mutation).join();
        say("done");
        return;
      } catch (KindredException e) {
        // Refused until a fold is done; nothing was stored.
        table.fold();
      }
    }
  }

  private void say(String what) {
    synchronized (System.out) {
      System.out.println(writer + " " + what);
      System.out.flush();
    }
  }
}
