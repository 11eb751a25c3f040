package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.disk.FaultyDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// Random calls against a store and its model; every answer is compared, and afterwards every file
/// checked. `-Dkindred.seeds=1000` tries more, `-Dseed=42` one again.
@Timeout(600)
class StoreModelTest {
  private static final int STEPS = 800;
  private static final int STEPS_KEPT = 12;
  private static final Path DIRECTORY = Path.of("/store");

  @Test
  void everyAnswerIsTheModels() {
    Integer only = Integer.getInteger("seed");
    int seeds = Integer.getInteger("kindred.seeds", 20);
    for (int seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
      new Run(seed).run();
    }
  }

  /// One history. Owned by one thread.
  private static final class Run {
    private final int seed;
    private final Random random;
    private final FaultyDisk disk = new FaultyDisk();
    private final ManualClock clock = new ManualClock();
    private final List<StoreModel> tables = new ArrayList<>();
    private final Deque<String> steps = new ArrayDeque<>();
    private final StoreOptions options;
    private Store store;
    private int tableCount;

    Run(int seed) {
      this.seed = seed;
      this.random = new Random(seed);
      this.options =
          new StoreOptions(
              DIRECTORY,
              20 + random.nextInt(60),
              1 << 20,
              20_000,
              Duration.ofHours(1),
              1,
              clock,
              StoreListener.NONE);
      this.store = EmbeddedStore.open(options, disk);
    }

    void run() {
      try {
        for (int i = 0; i < STEPS; i++) {
          note(step());
        }
        tables.forEach(StoreModel::checkAll);
        store.close();
        verify();
        assertThat(StoreInspector.inspect(DIRECTORY, disk).leftovers()).isEmpty();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "seed " + seed + " (-Dseed=" + seed + "); last steps:\n" + String.join("\n", steps), e);
      }
    }

    private void note(String step) {
      steps.addLast(step.length() > 200 ? step.substring(0, 200) : step);
      if (steps.size() > STEPS_KEPT) {
        steps.removeFirst();
      }
    }

    private String step() {
      int choice = random.nextInt(100);
      if (tables.isEmpty() || (choice == 0 && tables.size() < 3)) {
        return create();
      }
      StoreModel table = tables.get(random.nextInt(tables.size()));
      return switch (choice) {
        case 1 -> drop(table);
        case 2, 3 -> {
          store.table(table.name()).fold();
          yield "fold " + table.name();
        }
        case 4, 5 -> {
          store.checkpoint();
          yield "checkpoint";
        }
        case 6 -> {
          store.close();
          verify();
          yield reopen("close and reopen");
        }
        case 7 -> losePower();
        case 8, 9, 10, 11 -> {
          table.advanceClock();
          yield "time goes by";
        }
        default -> table.name() + ": " + table.step();
      };
    }

    private String create() {
      String name = "t" + tableCount++ % 4;
      if (tables.stream().anyMatch(table -> table.name().equals(name))) {
        return "name taken";
      }
      var created = store.createTable(new RandomTables(random).spec(name));
      tables.add(new StoreModel(random, clock, created));
      return "create " + created.spec();
    }

    private String drop(StoreModel table) {
      store.dropTable(table.name());
      tables.remove(table);
      return "drop " + table.name();
    }

    private String losePower() {
      disk.setPowerOffAfter(0);
      store.close();
      disk.losePower(random);
      verify();
      return reopen("lose power");
    }

    private String reopen(String why) {
      store = EmbeddedStore.open(options, disk);
      assertThat(store.tables()).hasSize(tables.size());
      tables.forEach(table -> table.reopened(store.table(table.name())));
      return why;
    }

    private void verify() {
      assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
    }
  }
}
