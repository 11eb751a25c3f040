package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.log.Log;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/// A fixed history of a store, with every kind of file made, replaced and deleted, that the power
/// may end at any operation of the disk. Knows which states the next start may find. Owned by one
/// thread.
final class PowerScript {
  static final Path DIRECTORY = Path.of("/store");
  private static final long MARK_FIRST = 1_000;

  private final FaultyDisk disk;
  private final UnaryOperator<Log> planted;
  private final StoreOptions options =
      new StoreOptions(
          DIRECTORY,
          64,
          1 << 20,
          1_500,
          Duration.ofHours(1),
          1,
          InstantSource.system(),
          StoreListener.NONE);

  /// By table, by key: the mark of the row. The last is what the last step leaves.
  private final List<Map<String, NavigableMap<Long, Long>>> states = new ArrayList<>();

  /// A start must find the state with this index or a later one.
  private int durable;

  private Store store;
  private long nextMark = MARK_FIRST;
  private boolean isOver;

  private PowerScript(FaultyDisk disk, UnaryOperator<Log> planted) {
    this.disk = disk;
    this.planted = planted;
    states.add(Map.of());
    store = open();
  }

  /// When the power goes off, and what is left then.
  ///
  /// @param operations of the disk until then
  /// @param isStrict whether nothing is left of what was not synced
  record Loss(long operations, Random random, boolean isStrict) {}

  /// Runs the script until the power goes off.
  ///
  /// @param planted stands between each store and its log
  /// @return whether it went off before the script's end
  static boolean run(FaultyDisk disk, Loss loss, UnaryOperator<Log> planted) {
    disk.setPowerOffAfter(loss.operations());
    PowerScript script;
    try {
      script = new PowerScript(disk, planted);
    } catch (KindredException e) {
      assertThat(disk.isOff()).as("refused with the power on: %s", e.getMessage()).isTrue();
      script = null;
    }
    if (script != null) {
      script.play();
      script.store.close();
    }
    boolean wasOff = disk.isOff();
    lose(disk, loss);
    openUnderLoss(disk, loss);
    if (script == null) {
      requireNoTable(disk);
    } else {
      script.requirePrefix();
    }
    return wasOff;
  }

  private static void lose(FaultyDisk disk, Loss loss) {
    if (loss.isStrict()) {
      disk.losePower();
    } else {
      disk.losePower(loss.random());
    }
  }

  private EmbeddedStore open() {
    return EmbeddedStore.open(options, disk, planted);
  }

  /// The power may go off again during the start.
  private static void openUnderLoss(FaultyDisk disk, Loss loss) {
    disk.setPowerOffAfter(loss.random().nextInt(50));
    try {
      EmbeddedStore.open(StoreOptions.at(DIRECTORY), disk).close();
    } catch (KindredException e) {
      assertThat(disk.isOff()).as("refused with the power on: %s", e.getMessage()).isTrue();
    }
    lose(disk, loss);
  }

  private static void requireNoTable(FaultyDisk disk) {
    try (Store store = EmbeddedStore.open(StoreOptions.at(DIRECTORY), disk)) {
      assertThat(store.tables()).isEmpty();
    }
  }

  private void play() {
    createAndFill("a", Durability.SYNCED);
    checkpoint();
    put("a", 2);
    delete("a", 3);
    fold("a");
    update("a", 4);
    delete("a", 1);
    put("a", 1);
    delete("a", 1);
    checkpoint();
    createAndFill("b", Durability.BUFFERED);
    put("a", 7);
    put("b", 1);
    drop("b");
    createAndFill("b", Durability.SYNCED);
    fold("b");
    fold("a");
    checkpoint();
    reopen();
    delete("b", 2);
    put("a", 1);
    drop("a");
    createAndFill("a", Durability.BUFFERED);
    delete("a", 5);
    fold("a");
    update("a", 1);
    reopen();
    put("b", 9);
    drop("b");
    checkpoint();
  }

  private interface Call {
    void make();
  }

  /// @param isDurable whether its acknowledgement promises that it survives the power
  private void step(boolean isDurable, Map<String, NavigableMap<Long, Long>> after, Call call) {
    if (isOver) {
      return;
    }
    states.add(after);
    try {
      call.make();
      if (isDurable) {
        durable = states.size() - 1;
      }
    } catch (KindredException | CompletionException e) {
      assertThat(disk.isOff()).as("refused with the power on: %s", e).isTrue();
      isOver = true;
    }
  }

  private Map<String, NavigableMap<Long, Long>> copyOfLast() {
    Map<String, NavigableMap<Long, Long>> copy = new TreeMap<>();
    states.getLast().forEach((table, rows) -> copy.put(table, new TreeMap<>(rows)));
    return copy;
  }

  private void createAndFill(String table, Durability durability) {
    Map<String, NavigableMap<Long, Long>> after = copyOfLast();
    after.put(table, new TreeMap<>());
    step(true, after, () -> store.createTable(spec(table, durability)));
    for (long key = 0; key < 6; key++) {
      put(table, key);
    }
  }

  private static TableSpec spec(String table, Durability durability) {
    IndexSpec index = table.equals("a") ? new IndexSpec.Hnsw(4, 16) : new IndexSpec.Flat();
    return new TableSpec(
        table,
        KeyType.UINT64,
        Map.of("place", new VectorSpec(3, Metric.L2, index)),
        Map.of("mark", FieldType.INT64),
        null,
        null,
        durability,
        table.equals("a") ? 2 : 1);
  }

  private void put(String table, long key) {
    change(table, key, new Mutation.Put(List.of(row(key, nextMark)), null));
  }

  private void update(String table, long key) {
    change(table, key, new Mutation.Update(List.of(row(key, nextMark)), null));
  }

  private void change(String table, long key, Mutation mutation) {
    if (isOver) {
      return;
    }
    Map<String, NavigableMap<Long, Long>> after = copyOfLast();
    rows(after, table).put(key, nextMark++);
    write(table, mutation, after);
  }

  private void delete(String table, long key) {
    if (isOver) {
      return;
    }
    Map<String, NavigableMap<Long, Long>> after = copyOfLast();
    rows(after, table).remove(key);
    write(table, new Mutation.Delete(List.of(Key.of(key)), null), after);
  }

  private void write(String table, Mutation mutation, Map<String, NavigableMap<Long, Long>> after) {
    Table written = store.table(table);
    step(
        written.spec().durability() == Durability.SYNCED,
        after,
        () ->
            assertThat(written.write(mutation).orTimeout(20, TimeUnit.SECONDS).join().applied())
                .isEqualTo(1));
  }

  private static NavigableMap<Long, Long> rows(
      Map<String, NavigableMap<Long, Long>> state, String table) {
    return Objects.requireNonNull(state.get(table), table);
  }

  private void drop(String table) {
    Map<String, NavigableMap<Long, Long>> after = copyOfLast();
    after.remove(table);
    step(true, after, () -> store.dropTable(table));
  }

  private void fold(String table) {
    step(false, states.getLast(), () -> store.table(table).fold());
  }

  private void checkpoint() {
    step(true, states.getLast(), () -> store.checkpoint());
  }

  private void reopen() {
    step(
        false,
        states.getLast(),
        () -> {
          store.close();
          store = open();
        });
  }

  private static Row row(long key, long mark) {
    return Row.of(
        Key.of(key), Map.of("place", vector(key, mark)), Map.of("mark", Value.of(mark)), Map.of());
  }

  private static float[] vector(long key, long mark) {
    return new float[] {key, mark, 1};
  }

  /// The next start finds one of the states from the last promised one on, and goes on from there.
  private void requirePrefix() {
    requireWhole();
    Map<String, NavigableMap<Long, Long>> found;
    try (Store opened = open()) {
      found = read(opened);
      assertThat(states.subList(durable, states.size()))
          .as("states from %d, which was promised, to %d", durable, states.size() - 1)
          .contains(found);
      for (Table table : opened.tables()) {
        Mutation one = new Mutation.Put(List.of(row(500, 5)), null);
        assertThat(table.write(one).orTimeout(20, TimeUnit.SECONDS).join().applied()).isEqualTo(1);
        rows(found, table.spec().name()).put(500L, 5L);
      }
    }
    disk.losePower();
    try (Store opened = open()) {
      assertThat(read(opened)).isEqualTo(found);
    }
    requireWhole();
    disk.assertAllClosed();
  }

  private void requireWhole() {
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
  }

  private static Map<String, NavigableMap<Long, Long>> read(Store store) {
    Map<String, NavigableMap<Long, Long>> found = new TreeMap<>();
    for (Table table : store.tables()) {
      NavigableMap<Long, Long> rows = new TreeMap<>();
      List<StoredRow> scanned = table.scan(null, Limits.SCAN_ROWS_MAX, null, Projection.ALL).rows();
      for (StoredRow row : scanned) {
        long key = ((Key.Uint64) row.key()).value();
        long mark = ((Value.Int64) Objects.requireNonNull(row.fields().get("mark"))).value();
        assertThat(row.vectors().get("place")).isEqualTo(vector(key, mark));
        assertThat(rows.put(key, mark)).as("key %d is there once", key).isNull();
        assertThat(table.search(SearchRequest.of(vector(key, mark), 1)).matches())
            .extracting(match -> match.key())
            .containsExactly(row.key());
      }
      assertThat(table.info().rowCount()).isEqualTo(rows.size());
      found.put(table.spec().name(), rows);
    }
    return found;
  }
}
