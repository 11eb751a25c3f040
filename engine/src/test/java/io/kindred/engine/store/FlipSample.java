package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Limits;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.SearchResult;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.Disk;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.filter.Filter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;

/// A store whose files are to be damaged, and what it answers while they are whole. Immutable.
///
/// @param answers those that a start may give: of a store whose process was killed also those
///   without the last write, where the log ends in a torn record
record FlipSample(FaultyDisk disk, List<Path> files, List<List<Integer>> answers) {
  static final Path DIRECTORY = Path.of("/store");
  private static final int DIMENSION = 24;
  private static final List<String> CITIES = List.of("berlin", "paris", "rome");

  static StoreOptions options() {
    return new StoreOptions(
        DIRECTORY,
        20_000,
        1 << 20,
        100_000,
        Duration.ofHours(1),
        1,
        new ManualClock(),
        StoreListener.NONE);
  }

  /// A store that was closed, with an index of some kind over so many rows.
  static FlipSample closed(IndexSpec index, int rows) {
    FaultyDisk disk = new FaultyDisk();
    try (EmbeddedStore store = EmbeddedStore.open(options(), disk)) {
      fill(store, index, rows);
    }
    FaultyDisk whole = disk.copyOfDurable();
    return new FlipSample(whole, files(disk), List.of(answers(whole.copyOfDurable())));
  }

  /// A store whose log holds what its other files lack.
  static FlipSample killed() {
    FaultyDisk disk = new FaultyDisk();
    FaultyDisk before;
    FaultyDisk whole;
    List<Path> files;
    try (EmbeddedStore store = EmbeddedStore.open(options(), disk)) {
      fill(store, new IndexSpec.Flat(), 100);
      before = disk.copyOfDurable();
      put(store.table("t"), 3, 4, 77);
      whole = disk.copyOfDurable();
      files = files(disk);
    }
    return new FlipSample(whole, files, List.of(answers(whole.copyOfDurable()), answers(before)));
  }

  private static void fill(EmbeddedStore store, IndexSpec index, int rows) {
    Table table =
        store.createTable(
            new TableSpec(
                "t",
                KeyType.STRING,
                Map.of("place", new VectorSpec(DIMENSION, Metric.L2, index)),
                Map.of("city", FieldType.STRING, "price", FieldType.FLOAT64),
                "city",
                null,
                Durability.SYNCED,
                1));
    put(table, 0, rows, 1);
    table.fold();
    put(table, rows - 20, rows + 20, 2);
    List<Key> deleted = List.of(Key.of("key-1"), Key.of("key-" + (rows + 5)));
    assertThat(
            table
                .write(new Mutation.Delete(deleted, new Origin.Operation("deletion")))
                .join()
                .applied())
        .isEqualTo(2);
    put(table, 5, 7, 3);
  }

  private static void put(Table table, int from, int to, int mark) {
    Random random = new Random(from * 31L + mark);
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          new Row(
              Key.of("key-" + i),
              i % 5 == 0 ? Map.of() : Map.of("place", vector(random)),
              Map.of("city", Value.of(CITIES.get(i % 3)), "price", Value.of(i + mark / 10.0)),
              Map.of("mark", Value.of(mark)),
              null,
              i % 7 == 0 ? Duration.ofDays(3) : null,
              null));
    }
    assertThat(
            table
                .write(new Mutation.Put(rows, new Origin.Operation("put-" + from + "-" + mark)))
                .join()
                .applied())
        .isEqualTo(to - from);
  }

  private static float[] vector(Random random) {
    float[] vector = new float[DIMENSION];
    for (int i = 0; i < DIMENSION; i++) {
      vector[i] = random.nextFloat();
    }
    return vector;
  }

  /// Those that count: a deletion that was not synced leaves a file behind in the copy.
  static List<Path> files(FaultyDisk disk) {
    List<Path> files = new ArrayList<>();
    addFiles(disk, DIRECTORY, files);
    return files;
  }

  private static void addFiles(FaultyDisk disk, Path directory, List<Path> files) {
    for (Path entry : disk.list(directory)) {
      if (disk.list(entry).isEmpty()) {
        files.add(entry);
      } else {
        addFiles(disk, entry, files);
      }
    }
  }

  /// Opens the store of a disk, and reads all of it.
  static List<Integer> answers(Disk disk) {
    try (EmbeddedStore store = EmbeddedStore.open(options(), disk)) {
      return answers(store.table("t"));
    }
  }

  /// Reads all of a table in every way.
  static List<Integer> answers(Table table) {
    List<Integer> answers = new ArrayList<>();
    answers.add((int) table.info().rowCount());
    List<StoredRow> scanned = table.scan(null, Limits.SCAN_ROWS_MAX, null, Projection.ALL).rows();
    scanned.forEach(row -> answers.add(hash(row)));
    Filter ofCity = new Filter.Eq("city", Value.of("rome"));
    Filter cheap = new Filter.Lt("price", Value.of(50.0));
    table
        .scan(null, Limits.SCAN_ROWS_MAX, cheap, Projection.ALL)
        .rows()
        .forEach(row -> answers.add(hash(row)));
    for (int i = 0; i < scanned.size() + 20; i += 3) {
      StoredRow row = table.get(Key.of("key-" + i), Projection.ALL).orElse(null);
      answers.add(row == null ? 0 : hash(row));
    }
    Random random = new Random(9);
    for (int i = 0; i < 6; i++) {
      float[] query = vector(random);
      SearchRequest.Effort effort =
          i < 2 ? new SearchRequest.Effort.Exact() : SearchRequest.Effort.Recall.DEFAULT;
      answers.add(hash(table.search(request(query, null, null, effort))));
      answers.add(hash(table.search(request(query, i % 2 == 0 ? ofCity : cheap, null, effort))));
      answers.add(hash(table.search(request(query, null, "paris", effort))));
    }
    return answers;
  }

  private static SearchRequest request(
      float[] query,
      @org.jspecify.annotations.Nullable Filter filter,
      @org.jspecify.annotations.Nullable String partition,
      SearchRequest.Effort effort) {
    return new SearchRequest(
        null,
        new SearchRequest.Target.Vector(query),
        10,
        filter,
        partition,
        List.of(),
        null,
        effort,
        null,
        Projection.ALL);
  }

  private static int hash(SearchResult result) {
    int hash = 1;
    for (SearchResult.Match match : result.matches()) {
      hash = hash * 31 + Float.floatToIntBits(match.score());
      hash = hash * 31 + hash(match.row());
    }
    return hash;
  }

  private static int hash(StoredRow row) {
    int hash =
        Objects.hash(
            row.key(),
            row.version(),
            new TreeMap<>(row.fields()),
            new TreeMap<>(row.metadata()),
            row.eventTime(),
            row.expiry());
    for (float[] vector : new TreeMap<>(row.vectors()).values()) {
      hash = hash * 31 + Arrays.hashCode(vector);
    }
    return hash;
  }
}
