package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.FoldStep;
import io.kindred.engine.Key;
import io.kindred.engine.KeySample;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Mutation;
import io.kindred.engine.Row;
import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Samples of a table's keys, and what is heard of the folds that they are taken around.
final class TableSampleTest {
  private static final int ROWS = 20_000;

  @TempDir Path directory;

  private final List<FoldStep> steps = Collections.synchronizedList(new ArrayList<>());
  private final List<String> ended = Collections.synchronizedList(new ArrayList<>());

  private final StoreListener listener =
      new StoreListener() {
        @Override
        public void foldAdvanced(String table, String shard, FoldStep step, long done, long total) {
          assertThat(done).isBetween(0L, total);
          if (steps.isEmpty() || steps.getLast() != step) {
            steps.add(step);
          }
        }

        @Override
        public void foldEnded(String table, String shard) {
          ended.add(shard);
        }
      };

  private Table open(Store store, int shards) {
    return store.createTable(
        new TableSpec(
            "t",
            KeyType.UINT64,
            Map.of(),
            Map.of(),
            null,
            null,
            io.kindred.engine.Durability.BUFFERED,
            shards));
  }

  private static void put(Table table, long from, long to) {
    for (long start = from; start < to; start += 5_000) {
      List<Row> rows =
          LongStream.range(start, Math.min(to, start + 5_000))
              .mapToObj(key -> Row.of(Key.of(key), Map.of(), Map.of(), Map.of()))
              .toList();
      table.write(new Mutation.Put(rows, null)).join();
    }
  }

  private Store store() {
    return EmbeddedStore.open(StoreOptions.at(directory).withListener(listener));
  }

  @Test
  void theKeysOfABaseAreTheLastOfRunsOfOneLength() {
    try (Store store = store()) {
      Table table = open(store, 1);
      put(table, 0, ROWS);
      table.fold();
      KeySample sample = table.sample(20);
      assertThat(sample.rowsEach()).isEqualTo(1_000);
      assertThat(sample.keys())
          .containsExactlyElementsOf(
              LongStream.rangeClosed(1, 20).mapToObj(i -> Key.of(i * 1_000 - 1)).toList());
    }
  }

  @Test
  void rowsOfDeltasAndOfEveryShardAreTakenAndDeadOnesAreNot() {
    try (Store store = store()) {
      Table table = open(store, 3);
      put(table, 0, ROWS);
      table.fold();
      put(table, ROWS, 2L * ROWS);
      List<Key> dead = LongStream.range(0, 9_000).mapToObj(Key::of).toList();
      table.write(new Mutation.Delete(dead, null)).join();
      KeySample sample = table.sample(310);
      assertThat(sample.keys()).isSorted().doesNotHaveDuplicates();
      assertThat(sample.keys().size()).isBetween(250, 311);
      assertThat(sample.keys()).noneMatch(dead::contains);
      assertThat(sample.keys()).filteredOn(key -> key.compareTo(Key.of(ROWS)) >= 0).isNotEmpty();
    }
  }

  @Test
  void aSmallTableIsTakenWhole() {
    try (Store store = store()) {
      Table table = open(store, 2);
      assertThat(table.sample(10).keys()).isEmpty();
      put(table, 0, 7);
      assertThat(table.sample(10).keys()).hasSize(7);
      assertThat(table.sample(10).rowsEach()).isEqualTo(1);
    }
  }

  @Test
  void aCountOutOfBoundsIsRefused() {
    try (Store store = store()) {
      Table table = open(store, 1);
      assertThatThrownBy(() -> table.sample(0))
          .isInstanceOf(KindredException.class)
          .hasMessage("count: 0 (expected: 1 to 10000)");
    }
  }

  @Test
  void aFoldTellsItsStepsInOrderAndItsEnd() {
    try (Store store = store()) {
      Table table = open(store, 1);
      put(table, 0, ROWS);
      table.fold();
    }
    assertThat(steps)
        .containsExactly(
            FoldStep.CHECKING, FoldStep.MERGING, FoldStep.INDEXING, FoldStep.COMMITTING);
    assertThat(ended).hasSize(1);
  }
}
