package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.FieldType;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Origin;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.Value;
import io.kindred.engine.VectorSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoreVerifierTest {
  @TempDir Path directory;

  private static Table items(Store store) {
    return store.createTable(
        TableSpec.of(
            "items",
            KeyType.STRING,
            Map.of("embedding", new VectorSpec(4, Metric.L2, IndexSpec.Hnsw.DEFAULT)),
            Map.of("city", FieldType.STRING)));
  }

  private static void put(Table table, int from, int to) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < to; i++) {
      rows.add(
          new Row(
              Key.of("row-" + i),
              i % 5 == 0 ? Map.of() : Map.of("embedding", new float[] {i, 1, 2, 3}),
              Map.of("city", Value.of("city-" + i % 3)),
              Map.of("number", Value.of(i)),
              null,
              i % 7 == 0 ? Duration.ofDays(3) : null,
              null));
    }
    assertThat(
            table
                .write(new Mutation.Put(rows, new Origin.Operation("put-" + from)))
                .join()
                .applied())
        .isEqualTo(to - from);
  }

  @Test
  void nothingIsWrongWithAStoreThatWasClosed() {
    try (Store store = EmbeddedStore.open(StoreOptions.at(directory))) {
      Table items = items(store);
      put(items, 0, 101);
      items.fold();
      put(items, 90, 120);
      items.write(new Mutation.Delete(List.of(Key.of("row-3")), null)).join();
    }
    List<String> progress = new ArrayList<>();

    assertThat(StoreVerifier.verify(directory, progress::add)).isEmpty();
    assertThat(progress).containsExactly("log", "catalog", "table items, shard 0");

    StoreReport report = StoreInspector.inspect(directory);
    assertThat(report.leftovers()).isEmpty();
    assertThat(report.log().lastPosition()).isEqualTo(4);
    assertThat(report.tables()).hasSize(1);
    assertThat(report.tables().getFirst().rows()).isEqualTo(119);
    var shard = report.tables().getFirst().shards().getFirst();
    assertThat(shard.baseRows()).isEqualTo(101);
    assertThat(shard.deltaRows()).isEqualTo(30);
    assertThat(shard.dead()).isEqualTo(12);
    assertThat(shard.bytes()).containsKeys("rows", "keys", "vectors-0", "index-0", "checkpoint");
    assertThat(shard.indexParameters().get("embedding")).containsEntry("m", "16");
  }

  @Test
  void aStoreThatIsOpenIsNotLookedInto() {
    try (Store _ = EmbeddedStore.open(StoreOptions.at(directory))) {
      assertThatThrownBy(() -> StoreVerifier.verify(directory, line -> {}))
          .isInstanceOfSatisfying(
              KindredException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE))
          .hasMessageContaining(directory.toString());
    }
  }

  @Test
  void anyOtherDirectoryIsRefusedAndLeftAsItIs() {
    assertThatThrownBy(() -> StoreVerifier.verify(directory, line -> {}))
        .hasMessageContaining("expected: the data directory of a store");
    assertThatThrownBy(() -> StoreInspector.inspect(directory.resolve("absent")))
        .hasMessageContaining("expected: the data directory of a store");
    assertThat(directory).isEmptyDirectory();
  }
}
