package io.kindred.engine.store;

import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.WriteResult;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.disk.HoldingDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The process that [StoreCrashTest] kills: changes rows without end, and announces each change
/// before it makes it and says when it was answered. Two writers own half of the keys each; a third
/// drops and creates a table of one name.
final class CrashingWriter {
  static final long KEYS = 2_000;
  static final long KEYS_AGAIN = 60;
  static final String TABLE = "t";
  static final String TABLE_AGAIN = "again";
  private static final int DELTA_ROWS_MAX = 300;

  /// What a change does. The names are those of the announcements.
  enum Kind {
    PUT,
    UPDATE,
    DELETE,
    /// A row is deleted, put, and deleted once more.
    DELETE_PUT_DELETE,
    DELETE_PUT,
    /// The row expires at once.
    PUT_EXPIRING,
    /// Only if the row has the version that was read.
    PUT_IF,
    /// With an operation id, which is the change's number.
    PUT_OPERATION,
    CREATE_TABLE,
    DROP_TABLE
  }

  private final Store store;
  private final Table table;
  private final int writer;
  private final Random random;
  private long nextNumber;
  private Mutation.@Nullable Put lastOperation;

  private CrashingWriter(Store store, int round, int writer) {
    this.store = store;
    this.table = store.table(TABLE);
    this.writer = writer;
    this.random = new Random(round * 3L + writer);
    this.nextNumber = (round * 3L + writer + 1) * 1_000_000;
  }

  /// @param arguments the directory, the number of the round, `whole` or `holding` for the disk
  public static void main(String[] arguments) {
    Thread.setDefaultUncaughtExceptionHandler(
        (_, e) -> {
          System.out.println("FAILED " + e + " at " + List.of(e.getStackTrace()));
          System.out.flush();
          Runtime.getRuntime().halt(3);
        });
    System.out.println("starting");
    System.out.flush();
    int round = Integer.parseInt(arguments[1]);
    Disk disk = arguments[2].equals("holding") ? new HoldingDisk(new FileDisk()) : new FileDisk();
    StoreOptions options = StoreOptions.at(Path.of(arguments[0])).withDeltaRowsMax(DELTA_ROWS_MAX);
    EmbeddedStore store = EmbeddedStore.open(options, disk);
    if (store.tables().stream().noneMatch(one -> one.spec().name().equals(TABLE))) {
      var _ = store.createTable(spec(TABLE, 2));
    }
    for (int writer = 0; writer < 2; writer++) {
      CrashingWriter one = new CrashingWriter(store, round, writer);
      Thread.ofPlatform().start(one::run);
    }
    CrashingWriter again = new CrashingWriter(store, round, 2);
    Thread.ofPlatform().start(again::runAgain);
    while (true) {
      store.checkpoint();
      store.tables().forEach(CrashingWriter::fold);
    }
  }

  private static void fold(Table table) {
    try {
      table.fold();
    } catch (KindredException e) {
      if (e.code() != ErrorCode.TABLE_NOT_FOUND) {
        throw e;
      }
    }
  }

  private static TableSpec spec(String name, int shards) {
    return new TableSpec(
        name,
        KeyType.UINT64,
        Map.of("place", new VectorSpec(4, Metric.L2, new IndexSpec.Hnsw(4, 16))),
        Map.of("change", FieldType.INT64),
        null,
        null,
        Durability.SYNCED,
        shards);
  }

  /// The vector of a row that a change made.
  static float[] vector(long key, long number) {
    return new float[] {key, number % 1_000_000, 1, 2};
  }

  /// What a change with an operation id sends, each time.
  static Mutation.Put operation(long number, List<Long> keys) {
    return new Mutation.Put(rows(keys, number), new Origin.Operation("operation-" + number));
  }

  /// Some keys are only ever put and deleted, as their rows may expire at any time.
  static boolean mayExpire(long key) {
    return key % 10 >= 8;
  }

  private void run() {
    while (true) {
      List<Long> keys = keys();
      long number = nextNumber++;
      switch (random.nextInt(10)) {
        case 0 -> change(Kind.DELETE, number, keys, deletion(keys));
        case 1 -> update(keys, number);
        case 2 ->
            change(
                Kind.DELETE_PUT_DELETE,
                number,
                keys,
                deletion(keys),
                put(keys, number),
                deletion(keys));
        case 3 -> change(Kind.DELETE_PUT, number, keys, deletion(keys), put(keys, number));
        case 4 -> putExpiring(keys, number);
        case 5 -> putIf(keys, number);
        case 6 -> putOperation(keys, number);
        default -> change(Kind.PUT, number, keys, put(keys, number));
      }
    }
  }

  private void change(Kind kind, long number, List<Long> keys, Mutation... mutations) {
    if (keys.isEmpty()) {
      return;
    }
    announce(kind, number, keys);
    for (Mutation mutation : mutations) {
      var _ = write(table, mutation);
    }
    say("done");
    if (kind == Kind.PUT || kind == Kind.UPDATE) {
      requireFound(table, keys.getFirst(), number);
    }
  }

  private void update(List<Long> keys, long number) {
    // No one else changes these keys, so what is there stays there.
    keys.removeIf(key -> mayExpire(key) || stored(key) == null);
    change(Kind.UPDATE, number, keys, new Mutation.Update(rows(keys, number), null));
  }

  private void putExpiring(List<Long> keys, long number) {
    keys.removeIf(key -> !mayExpire(key));
    List<Row> rows =
        keys.stream().map(key -> conditional(key, number, Duration.ofMillis(1), null)).toList();
    change(Kind.PUT_EXPIRING, number, keys, new Mutation.Put(rows, null));
  }

  /// Once with versions that the rows do not have, which changes nothing, and once with theirs.
  private void putIf(List<Long> keys, long number) {
    keys.removeIf(CrashingWriter::mayExpire);
    if (keys.isEmpty()) {
      return;
    }
    List<Row> wrong = new ArrayList<>();
    List<Row> right = new ArrayList<>();
    for (long key : keys) {
      StoredRow row = stored(key);
      long version = row == null ? 0 : row.version();
      wrong.add(conditional(key, number + 500_000, null, version + 1));
      right.add(conditional(key, number, null, version));
    }
    WriteResult refused = write(table, new Mutation.Put(wrong, null));
    require(refused.applied() == 0, "a condition that does not hold: " + refused);
    announce(Kind.PUT_IF, number, keys);
    WriteResult result = write(table, new Mutation.Put(right, null));
    require(result.applied() == keys.size(), "a condition that holds: " + result);
    say("done");
  }

  /// Also sends the last one again, which changes nothing and has the same answer.
  private void putOperation(List<Long> keys, long number) {
    Mutation.Put earlier = lastOperation;
    if (earlier != null) {
      WriteResult again = write(table, earlier);
      require(again.applied() == earlier.rows().size(), "a retry: " + again);
    }
    Mutation.Put mutation = operation(number, keys);
    change(Kind.PUT_OPERATION, number, keys, mutation);
    lastOperation = mutation;
  }

  private void runAgain() {
    while (true) {
      long generation = nextNumber++;
      if (store.tables().stream().anyMatch(one -> one.spec().name().equals(TABLE_AGAIN))) {
        announce(Kind.DROP_TABLE, generation, List.of(0L));
        store.dropTable(TABLE_AGAIN);
        say("done");
      }
      announce(Kind.CREATE_TABLE, generation, List.of(0L));
      Table again = store.createTable(spec(TABLE_AGAIN, 1));
      say("done");
      int batches = random.nextInt(20);
      for (int i = 0; i < batches; i++) {
        long number = nextNumber++;
        List<Long> keys = new ArrayList<>();
        for (long key = random.nextInt(8); key < KEYS_AGAIN; key += 1 + random.nextInt(8)) {
          keys.add(key);
        }
        announce(Kind.PUT, number, keys);
        var _ = write(again, put(keys, number));
        say("done");
        requireFound(again, keys.getLast(), number);
      }
    }
  }

  private static void requireFound(Table table, long key, long number) {
    SearchResult result =
        table.search(
            new SearchRequest(
                null,
                new SearchRequest.Target.Vector(vector(key, number)),
                1,
                null,
                null,
                List.of(),
                null,
                new SearchRequest.Effort.Exact(),
                null,
                Projection.KEY));
    require(
        result.matches().size() == 1
            && result.matches().getFirst().key().equals(Key.of(key))
            && result.matches().getFirst().score() == 0,
        "key " + key + ", change " + number + ": found " + result.matches());
  }

  private static void require(boolean condition, String what) {
    if (!condition) {
      throw new AssertionError(what);
    }
  }

  private @Nullable StoredRow stored(long key) {
    return table.get(Key.of(key), Projection.KEY).orElse(null);
  }

  private List<Long> keys() {
    List<Long> keys = new ArrayList<>();
    int count = 1 + random.nextInt(30);
    for (int i = 0; i < count; i++) {
      keys.add(random.nextLong(KEYS / 2) * 2 + writer);
    }
    return new ArrayList<>(new LinkedHashSet<>(keys));
  }

  private static Mutation put(List<Long> keys, long number) {
    return new Mutation.Put(rows(keys, number), null);
  }

  private static Mutation deletion(List<Long> keys) {
    return new Mutation.Delete(keys.stream().map(Key::of).toList(), null);
  }

  private static List<Row> rows(List<Long> keys, long number) {
    return keys.stream().map(key -> conditional(key, number, null, null)).toList();
  }

  private static Row conditional(
      long key, long number, @Nullable Duration timeToLive, @Nullable Long version) {
    return new Row(
        Key.of(key),
        Map.of("place", vector(key, number)),
        Map.of("change", Value.of(number)),
        Map.of(),
        null,
        timeToLive,
        version);
  }

  private void announce(Kind kind, long number, List<Long> keys) {
    String joined = keys.stream().map(String::valueOf).collect(Collectors.joining(","));
    say(kind + " " + number + " " + joined + " end");
  }

  private static WriteResult write(Table table, Mutation mutation) {
    while (true) {
      try {
        return Objects.requireNonNull(table.write(mutation).join());
      } catch (KindredException e) {
        require(e.code() == ErrorCode.OVERLOADED, "refused: " + e.getMessage());
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
