package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.log.Log;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/// Random calls against a store and its model, every answer compared. What a step does depends on
/// the seed, its own number, and what it finds, so that a history can be repeated without some of
/// its steps. Owned by one thread.
final class StoreHistory {
  private static final Path DIRECTORY = Path.of("/store");
  private static final int WORDS_MAX = 200;

  /// One history in so many has tables whose graphs and lists are walked.
  private static final int CROWDED_EVERY = 25;

  private final int seed;
  private final Random random = new Random();
  private final RandomTables randoms;
  private final Planted planted;
  private final FaultyDisk disk = new FaultyDisk();
  private final ManualClock clock = new ManualClock();
  private final List<StoreModel> tables = new ArrayList<>();
  private final List<String> told = new ArrayList<>();
  private final StoreOptions options;
  private Store store;
  private int tableCount;

  /// What stands between the history and the store.
  record Planted(UnaryOperator<Table> table, UnaryOperator<Log> log) {
    static final Planted NOTHING = new Planted(UnaryOperator.identity(), UnaryOperator.identity());
  }

  /// What went wrong.
  ///
  /// @param steps those made, the failing one last
  /// @param told what each step did
  record Failure(int seed, List<Integer> steps, List<String> told, Throwable cause) {
    private static final int SHRINK_TRIES_MAX = 500;
    private static final Duration SHRINK_TIME_MAX = Duration.ofMinutes(2);

    /// The same failure, or another, in fewer steps.
    AssertionError shrunk(Planted planted) {
      Failure[] shortest = {this};
      Shrinker shrinker = new Shrinker(SHRINK_TRIES_MAX, SHRINK_TIME_MAX);
      List<Integer> left =
          shrinker.shrink(
              steps,
              fewer -> {
                Failure failure = run(seed, fewer, planted);
                if (failure != null) {
                  shortest[0] = failure;
                }
                return failure != null;
              });
      return shortest[0].error(
          "; %d of %d steps are left after %d tries"
              .formatted(left.size(), steps.size(), shrinker.tries()));
    }

    private AssertionError error(String how) {
      StringBuilder text = new StringBuilder("seed " + seed + how + ":\n");
      for (String line : told) {
        text.append(line).append('\n');
      }
      List<String> numbers = steps.stream().map(String::valueOf).toList();
      text.append("again: -Dseed=%d -Dsteps=%s\n".formatted(seed, String.join(",", numbers)));
      return new AssertionError(text.append(cause).toString(), cause);
    }
  }

  private StoreHistory(int seed, Planted planted) {
    this.seed = seed;
    this.planted = planted;
    boolean isCrowded = seed % CROWDED_EVERY == CROWDED_EVERY - 1;
    this.randoms = new RandomTables(random, isCrowded);
    seedFor(-1);
    this.options =
        new StoreOptions(
            DIRECTORY,
            isCrowded ? 4_000 : 20 + random.nextInt(60),
            1 << 20,
            isCrowded ? 500_000 : 20_000,
            Duration.ofHours(1),
            1,
            clock,
            StoreListener.NONE);
    this.store = EmbeddedStore.open(options, disk, planted.log());
  }

  static List<Integer> steps(int count) {
    return IntStream.range(0, count).boxed().toList();
  }

  /// Runs the steps of a seed's history.
  ///
  /// @return null where every answer was the model's
  static @Nullable Failure run(int seed, List<Integer> steps, Planted planted) {
    return new StoreHistory(seed, planted).run(steps);
  }

  private @Nullable Failure run(List<Integer> steps) {
    int made = 0;
    try {
      for (int step : steps) {
        made++;
        seedFor(step);
        told.add(step + " …");
        String what = step();
        told.set(made - 1, step + " " + what.substring(0, Math.min(WORDS_MAX, what.length())));
      }
      tables.forEach(StoreModel::checkAll);
      store.close();
      verify();
      // What a fold had written when the store was closed, the next start deletes.
      EmbeddedStore.open(options, disk).close();
      assertThat(StoreInspector.inspect(DIRECTORY, disk).leftovers()).isEmpty();
      disk.assertAllClosed();
      return null;
    } catch (AssertionError | RuntimeException e) {
      return new Failure(seed, List.copyOf(steps.subList(0, made)), List.copyOf(told), e);
    } finally {
      store.close();
    }
  }

  /// Steps of neighbouring numbers must not begin alike (the mixer of SplitMix64, OOPSLA 2014).
  private void seedFor(int step) {
    long mixed = (((long) seed << 32) ^ step) * 0x9E3779B97F4A7C15L;
    mixed = (mixed ^ (mixed >>> 30)) * 0xBF58476D1CE4E5B9L;
    random.setSeed((mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL);
  }

  private String step() {
    int choice = random.nextInt(100);
    if (tables.isEmpty() || (choice == 0 && tables.size() < (randoms.isCrowded() ? 1 : 3))) {
      return create();
    }
    StoreModel table = tables.get(random.nextInt(tables.size()));
    if (randoms.isCrowded() && (choice == 1 || choice >= 60)) {
      boolean isCrowd = choice == 1 || choice >= 98;
      return table.name() + ": " + (isCrowd ? table.crowd() : table.search());
    }
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
    Table created = store.createTable(randoms.spec(name));
    tables.add(new StoreModel(random, randoms, clock, planted.table().apply(created)));
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
    store = EmbeddedStore.open(options, disk, planted.log());
    assertThat(store.tables()).hasSize(tables.size());
    tables.forEach(table -> table.reopened(planted.table().apply(store.table(table.name()))));
    return why;
  }

  private void verify() {
    assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
  }
}
