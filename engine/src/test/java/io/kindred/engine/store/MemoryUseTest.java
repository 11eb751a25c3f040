package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Budget;
import io.kindred.engine.Durability;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.IndexSpec;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.MemoryBytes;
import io.kindred.engine.Metric;
import io.kindred.engine.Mutation;
import io.kindred.engine.Projection;
import io.kindred.engine.Row;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.TableSpec;
import io.kindred.engine.VectorSpec;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.FaultyDisk.Operation;
import io.kindred.engine.filter.Filter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What the store does when its memory budget runs out, and that memory comes back.
@Timeout(120)
class MemoryUseTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final long BUDGET_BYTES = 24L << 20;
  private static final int BATCH = 500;

  private final FaultyDisk disk = new FaultyDisk();
  private EmbeddedStore store;

  @BeforeEach
  void open() {
    Budget budget = Budget.DEFAULT.withMemoryBytes(BUDGET_BYTES);
    store = EmbeddedStore.open(StoreOptions.at(DIRECTORY).withBudget(budget), disk);
  }

  @AfterEach
  void close() {
    disk.heal();
    store.close();
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
    disk.assertAllClosed();
  }

  private Table create(String name, IndexSpec index) {
    return store.createTable(spec(name, index));
  }

  private static TableSpec spec(String name, IndexSpec index) {
    return new TableSpec(
        name,
        KeyType.UINT64,
        Map.of("v", new VectorSpec(64, Metric.L2, index)),
        Map.of(),
        null,
        null,
        Durability.BUFFERED,
        1);
  }

  private static Mutation rows(int from, int count) {
    List<Row> rows = new ArrayList<>();
    for (int i = from; i < from + count; i++) {
      float[] vector = new float[64];
      vector[i % 64] = i;
      rows.add(Row.of(Key.of(i), Map.of("v", vector), Map.of(), Map.of()));
    }
    return new Mutation.Put(rows, null);
  }

  /// Puts rows until they are refused.
  ///
  /// @return how many there are
  private static int fill(Table table, int from) {
    int count = from;
    try {
      while (count < 500_000) {
        table.write(rows(count, BATCH)).join();
        count += BATCH;
      }
    } catch (KindredException e) {
      assertThat(e.code()).isEqualTo(ErrorCode.OVERLOADED);
      assertThat(e).hasMessageContaining("memory of").hasMessageContaining("try again");
    }
    assertThat(count).isLessThan(500_000);
    return count;
  }

  private long used() {
    return store.health().memory().usedBytes();
  }

  private MemoryBytes bytes(String table) {
    return Objects.requireNonNull(store.health().memory().byTable().get(table));
  }

  @Test
  void rowsAreRefusedAtTheBudgetAndTakenAgainOnceFoldsHaveMadeRoom() {
    Table table = create("t", new IndexSpec.Flat());
    disk.fail(Operation.CREATE); // No fold as yet.
    int count = fill(table, 0);
    assertThat(count * 64L * Float.BYTES).isGreaterThan(BUDGET_BYTES / 4);
    assertThat(used()).isBetween(BUDGET_BYTES / 2, BUDGET_BYTES);
    await(() -> store.health().problems().stream().anyMatch(it -> it.startsWith("memory: ")));
    assertThat(table.get(Key.of(0), Projection.ALL)).isPresent();
    assertThat(table.get(Key.of(count), Projection.ALL)).isEmpty();
    assertThat(table.write(new Mutation.Delete(List.of(Key.of(0)), null)).join().applied())
        .isEqualTo(1);

    disk.heal();
    await(() -> store.health().problems().isEmpty());
    assertThat(bytes("t").deltaRows()).isZero();
    assertThat(fill(table, count)).isGreaterThan(count);
  }

  @Test
  void aTableWithMoreThanItsShareLeavesRoomForTheOthers() {
    Table large = create("large", new IndexSpec.Flat());
    Table small = create("small", new IndexSpec.Flat());
    disk.fail(Operation.CREATE);
    int count = fill(large, 0);
    assertThat(used()).isBetween(BUDGET_BYTES / 5 * 3, BUDGET_BYTES / 10 * 9);
    assertThatThrownBy(() -> large.write(rows(count, BATCH)))
        .hasMessageContaining("memory of table large: ");
    small.write(rows(0, BATCH)).join();
    assertThat(small.info().rowCount()).isEqualTo(BATCH);
  }

  @Test
  void aTableWithABudgetOfItsOwnIsRefusedThereAndTheOthersAreNot() {
    store.close();
    Budget large = Budget.DEFAULT.withMemoryBytes(4 * BUDGET_BYTES);
    store = EmbeddedStore.open(StoreOptions.at(DIRECTORY).withBudget(large), disk);
    Table limited =
        store.createTable(
            spec("limited", new IndexSpec.Flat()).withMemoryBytes(Budget.MEMORY_BYTES_MIN));
    Table other = create("other", new IndexSpec.Flat());
    disk.fail(Operation.CREATE);
    int count = fill(limited, 0);
    assertThat(bytes("limited").total())
        .isBetween(Budget.MEMORY_BYTES_MIN / 2, Budget.MEMORY_BYTES_MIN);
    // Rows are estimated, and some may still fit once they are measured.
    assertThatThrownBy(
            () -> {
              for (int from = count; from < 2 * count; from += BATCH) {
                limited.write(rows(from, BATCH)).join();
              }
            })
        .hasMessageContaining("memory of table limited: ")
        .hasMessageContaining("(expected: at most 16777216, by its memory_bytes)");
    other.write(rows(0, BATCH)).join();
    assertThat(limited.write(new Mutation.Delete(List.of(Key.of(0)), null)).join().applied())
        .isEqualTo(1);
    await(() -> store.health().problems().stream().anyMatch(it -> it.contains("table limited")));
    assertThat(store.health().memory().tableBudgets())
        .isEqualTo(Map.of("limited", Budget.MEMORY_BYTES_MIN));

    // Folded though the delta is not full, it has room again.
    disk.heal();
    await(() -> store.health().problems().isEmpty());
    assertThat(bytes("limited").deltaRows()).isZero();
    assertThat(fill(limited, 2 * count)).isGreaterThan(2 * count);

    store.close();
    store = EmbeddedStore.open(StoreOptions.at(DIRECTORY), disk);
    assertThat(store.table("limited").spec().memoryBytes()).isEqualTo(Budget.MEMORY_BYTES_MIN);
  }

  @Test
  void aBudgetThatCanHoldNothingIsRefused() {
    assertThatThrownBy(() -> spec("t", new IndexSpec.Flat()).withMemoryBytes(1_000))
        .hasMessageStartingWith("memory_bytes: 1000 (expected: 16777216 to ");
  }

  @Test
  void deletingAllRowsGivesTheirMemoryBack() {
    Table table = create("t", new IndexSpec.Hnsw(4, 16));
    long before = used();
    for (int from = 0; from < 4_000; from += BATCH) {
      table.write(rows(from, BATCH)).join();
    }
    await(() -> bytes("t").deltaGraphs() > 0);
    table.fold();
    assertThat(bytes("t").indexes()).isGreaterThan(100_000);
    assertThat(bytes("t").mapped()).isGreaterThan(4_000 * 64L * Float.BYTES);
    table
        .write(new Mutation.DeleteWhere(new Filter.Not(new Filter.Exists("x", true)), null))
        .join();
    assertThat(table.info().rowCount()).isZero();
    table.fold();
    assertThat(bytes("t").total()).isZero();
    assertThat(used()).isEqualTo(before);
  }

  @Test
  void churnAtAConstantSizeDoesNotGrow() {
    Table table = create("t", new IndexSpec.Hnsw(4, 16));
    long settled = 0;
    for (int round = 0; round < 12; round++) {
      for (int from = 0; from < 2_000; from += BATCH) {
        table.write(rows(from, BATCH)).join();
      }
      table.fold();
      table.search(io.kindred.engine.SearchRequest.of(new float[64], 5));
      long used = used() + bytes("t").mapped();
      if (round < 3) {
        settled = Math.max(settled, used);
      } else {
        assertThat(used).as("round %d", round).isLessThanOrEqualTo(settled + settled / 20);
      }
    }
    assertThat(table.info().rowCount()).isEqualTo(2_000);
  }

  /// With a heap and a budget so small, a process that was not refused would die.
  @Test
  void aProcessWithASmallBudgetRefusesRowsAndLives(@TempDir Path directory) throws Exception {
    Map<String, Long> seen =
        ChildStore.run(
            ChildStore.command(
                96, MemoryFiller.class, directory.toString(), String.valueOf(BUDGET_BYTES)));
    assertThat(seen.get("rows")).isGreaterThan(10_000);
    assertThat(seen.get("used")).isBetween(BUDGET_BYTES / 2, 2 * BUDGET_BYTES);
    assertThat(seen.get("resident")).isLessThan(2 * BUDGET_BYTES + (300L << 20));
    assertThat(seen.get("emptied")).isLessThan(BUDGET_BYTES);
    assertThat(seen.get("again")).isEqualTo(BATCH);
    assertThat(StoreVerifier.verify(directory, line -> {})).isEmpty();
  }

  private static void await(BooleanSupplier condition) {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("within 30 s").isLessThan(end);
      LockSupport.parkNanos(1_000_000);
    }
  }
}
