package io.kindred.engine.backup;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.StoreVerifier;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A store with two tables, and what backups of it should hold.
final class BackupFixture {
  static final int SHARDS = 2;

  private BackupFixture() {}

  static EmbeddedStore open(Path data) {
    return EmbeddedStore.open(StoreOptions.at(data));
  }

  static TableSpec items(String name) {
    return new TableSpec(
        name,
        KeyType.STRING,
        Map.of("place", new VectorSpec(4, Metric.L2, new IndexSpec.Hnsw(4, 16))),
        Map.of("city", FieldType.STRING, "number", FieldType.INT64),
        "city",
        null,
        Durability.SYNCED,
        SHARDS);
  }

  static void put(Table table, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          new Row(
              Key.of("row-" + i),
              i % 5 == 0 ? Map.of() : Map.of("place", new float[] {i, 1, 2, 3}),
              Map.of("city", Value.of("city-" + i % 3), "number", Value.of(i)),
              Map.of(),
              null,
              i % 7 == 0 ? Duration.ofDays(3) : null,
              null));
    }
    assertThat(
            table
                .write(new Mutation.Put(rows, new Origin.Operation("put-" + from + "-" + to)))
                .join()
                .applied())
        .isEqualTo(to - from);
  }

  /// A store with a base, dead rows, deltas and a second table.
  static void fill(EmbeddedStore store) {
    Table items = store.createTable(items("items"));
    put(items, 0, 300);
    items.fold();
    put(items, 280, 400);
    items.write(new Mutation.Delete(List.of(Key.of("row-3"), Key.of("row-399")), null)).join();
    Table users = store.createTable(items("users"));
    put(users, 0, 50);
  }

  /// Rows by key, with everything that a read shows.
  static Map<String, String> rows(Table table) {
    Map<String, String> rows = new TreeMap<>();
    Key after = null;
    while (true) {
      var page = table.scan(after, 1_000, null, Projection.ALL);
      for (StoredRow row : page.rows()) {
        String vector = java.util.Arrays.toString(row.vectors().get("place"));
        rows.put(
            row.key().toString(), new TreeMap<>(row.fields()) + " " + vector + " " + row.version());
      }
      after = page.next();
      if (after == null) {
        return rows;
      }
    }
  }

  static Map<String, String> rows(Path data, String table) {
    try (EmbeddedStore store = open(data)) {
      return rows(store.table(table));
    }
  }

  static void requireSound(Path data) {
    assertThat(StoreVerifier.verify(data, line -> {})).isEmpty();
  }

  /// Every file below a directory, relative to it.
  static List<Path> files(Path directory) {
    if (!Files.exists(directory)) {
      return List.of();
    }
    try (Stream<Path> files = Files.walk(directory)) {
      return files.filter(Files::isRegularFile).map(directory::relativize).sorted().toList();
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }
}
