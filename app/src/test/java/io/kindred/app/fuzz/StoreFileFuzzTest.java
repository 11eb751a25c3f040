package io.kindred.app.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.CountWindow;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.MergeOperation;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.RowMerge;
import io.kindred.engine.SearchRequest;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.StoreVerifier;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Files of a data directory, mutated, of every kind: log, catalog, manifest, base, keys, vectors,
/// graphs and lists. `verify` and the start refuse them by name or take them; what `verify` finds
/// nothing wrong with can be served.
final class StoreFileFuzzTest {
  private static final int ROWS = 60;

  @TempDir Path directory;

  /// A file of one of the stores, and what it becomes.
  private record Damaged(Path store, Path file, byte[] bytes) {
    @Override
    public String toString() {
      return file + " " + Mutations.escaped(bytes);
    }
  }

  @Test
  void aDamagedFileIsRefusedOrServed() throws IOException {
    List<Path> stores =
        List.of(
            make("hnsw", new IndexSpec.Hnsw(4, 16)),
            make("flat", new IndexSpec.IvfFlat(4)),
            make("pq", new IndexSpec.IvfPq(4, 2)),
            make("graph", new IndexSpec.IvfHnswPq(4, 2, new IndexSpec.Hnsw(4, 16))));
    List<List<Path>> files = new ArrayList<>();
    for (Path store : stores) {
      files.add(files(store));
    }
    new Fuzzer("files", 300)
        .run(
            random -> {
              int store = random.nextInt(stores.size());
              List<Path> those = files.get(store);
              Path file = those.get(random.nextInt(those.size()));
              byte[] bytes = bytes(stores.get(store).resolve(file));
              byte[] other =
                  bytes(stores.get(store).resolve(those.get(random.nextInt(those.size()))));
              return new Damaged(
                  stores.get(store),
                  file,
                  random.nextInt(3) == 0
                      ? Mutations.of(random, bytes, other)
                      : Damage.sealed(random, bytes, other));
            },
            this::feed);
  }

  /// A store with rows in a base with an index, in a checkpoint, and in the log alone.
  private Path make(String name, IndexSpec index) {
    Path store = directory.resolve(name);
    try (EmbeddedStore opened = EmbeddedStore.open(StoreOptions.at(store))) {
      Table table =
          opened.createTable(
              new TableSpec(
                  "t",
                  KeyType.STRING,
                  Map.of("v", new VectorSpec(4, Metric.L2, index)),
                  Map.of("s", FieldType.STRING, "i", FieldType.INT64, "n", FieldType.INT64),
                  "s",
                  Duration.ofDays(30),
                  Durability.BUFFERED,
                  1));
      put(table, 0, 40);
      table.fold();
      put(table, 35, 50);
      merge(table, 30, 42);
      opened.checkpoint();
      put(table, 50, ROWS);
      merge(table, 45, ROWS);
      table
          .write(
              new Mutation.Delete(
                  List.of(Key.of("k3"), Key.of("k45")), new Origin.Operation("gone")))
          .join();
    }
    return store;
  }

  private static void put(Table table, int from, int to) {
    List<Row> rows = new ArrayList<>();
    Random random = new Random(from);
    for (int i = from; i < to; i++) {
      float[] vector = {random.nextFloat(), random.nextFloat(), random.nextFloat(), i};
      rows.add(
          Row.of(
              Key.of("k" + i),
              i % 5 == 0 ? Map.of() : Map.of("v", vector),
              Map.of("s", Value.of("p" + i % 3), "i", Value.of(i)),
              Map.of("m", new Value.Array(List.of(Value.of(i), Value.of("x"))))));
    }
    table.write(new Mutation.Put(rows, new Origin.Operation("put-" + from))).join();
  }

  /// What events make of rows: a mean, a count and a filter of ids.
  private static void merge(Table table, int from, int to) {
    List<RowMerge> merges = new ArrayList<>();
    for (int i = from; i < to; i++) {
      float[] vector = {1, 0, 0, i};
      merges.add(
          new RowMerge(
              Key.of("k" + i),
              Instant.parse("2026-01-01T00:00:00Z").plusSeconds(i),
              List.of(
                  new MergeOperation.DecayedMean(
                      "v", "v_taste", vector, 1, Duration.ofHours(1), MergeOperation.Scaling.MEAN),
                  new MergeOperation.Count(
                      "counts", 1, List.of(new CountWindow("n", Duration.ofHours(1)))),
                  new MergeOperation.AddToFilter("seen", Key.of("id-" + i), 8, 0.01)),
              null));
    }
    long[] offsets = LongStream.range(from, to).toArray();
    table.write(new Mutation.Merge(merges, new Origin.Events("topic", 0, offsets))).join();
  }

  private static List<Path> files(Path store) throws IOException {
    try (Stream<Path> files = Files.walk(store)) {
      return files
          .filter(Files::isRegularFile)
          .map(store::relativize)
          .filter(file -> !file.toString().equals("lock"))
          .sorted()
          .toList();
    }
  }

  private static byte[] bytes(Path file) {
    try {
      return Files.readAllBytes(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void feed(Damaged damaged) throws IOException {
    Path copy = directory.resolve("copy");
    delete(copy);
    try (Stream<Path> files = Files.walk(damaged.store())) {
      for (Path file : files.toList()) {
        Files.copy(file, copy.resolve(damaged.store().relativize(file)));
      }
    }
    Files.write(copy.resolve(damaged.file()), damaged.bytes());
    boolean isSound;
    try {
      isSound = StoreVerifier.verify(copy, line -> {}).isEmpty();
    } catch (KindredException e) {
      requireCorrupt(e);
      isSound = false;
    }
    try (EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(copy))) {
      if (isSound) {
        store.tables().forEach(StoreFileFuzzTest::readAll);
      }
    } catch (KindredException e) {
      requireCorrupt(e);
    }
  }

  private static void requireCorrupt(KindredException e) {
    assertThat(e.code()).as("%s", e).isIn(ErrorCode.CORRUPT, ErrorCode.STORAGE_UNAVAILABLE);
    assertThat(e.getMessage()).isNotEmpty();
  }

  private static void readAll(Table table) {
    for (int i = 0; i < ROWS; i++) {
      var _ = table.get(Key.of("k" + i), Projection.ALL);
    }
    var _ = table.scan(null, 1_000, null, Projection.ALL);
    for (String field : table.spec().vectors().keySet()) {
      int dimension =
          java.util.Objects.requireNonNull(table.spec().vectors().get(field)).dimension();
      float[] vector = new float[dimension];
      vector[0] = 1;
      for (String partition : new String[] {null, "p1"}) {
        var _ =
            table.search(
                new SearchRequest(
                    field,
                    new SearchRequest.Target.Vector(vector),
                    10,
                    null,
                    table.spec().partitionBy() == null ? null : partition,
                    List.of(),
                    null,
                    SearchRequest.Effort.Recall.DEFAULT,
                    null,
                    Projection.ALL));
      }
    }
    table.fold();
  }

  private static void delete(Path tree) throws IOException {
    if (!Files.exists(tree)) {
      return;
    }
    try (Stream<Path> files = Files.walk(tree)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
