package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.log.Log;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// The power goes off between any two operations of the disk: what was acknowledged is there, an
/// unanswered write is there as a whole or not at all (shard by shard), and every file is whole.
/// `-Dkindred.suite.seeds=200` tries more random histories, `-Dseed=42` one again,
/// `-Dkindred.suite.variants=8` more of what a loss leaves at each operation of the scripted one.
@Timeout(36_000)
class StorePowerLossTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final int LOSSES = 12;

  /// The script has more operations of the disk than so many.
  private static final long OPERATIONS_MIN = 300;

  private static final Planted NOTHING = new Planted(path -> false, UnaryOperator.identity());

  /// @param forgotten files and directories whose syncs the disk forgets
  /// @param log stands between each store and its log
  private record Planted(Predicate<Path> forgotten, UnaryOperator<Log> log) {}

  @Test
  void everyAcknowledgedWriteIsThereAfterThePowerWentOffAtAnyOperation() {
    Integer only = Integer.getInteger("seed");
    int seeds = Integer.getInteger("kindred.suite.seeds", 12);
    for (int seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
      try {
        new Run(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " (-Dseed=" + seed + ")", e);
      }
    }
  }

  @Test
  void aStartFindsAnAcknowledgedPrefixAfterThePowerWentOffAtEachOperationOfAScript() {
    int variants = Integer.getInteger("kindred.suite.variants", 1);
    long operations = 0;
    while (loseAt(operations, variants, NOTHING)) {
      operations++;
    }
    System.out.printf("power: %d operations, %d variants each%n", operations, variants);
    assertThat(operations).isGreaterThan(OPERATIONS_MIN);
  }

  /// Of a single variant, only each second loss takes all that was not synced.
  ///
  /// @return whether the power went off before the script's end
  private static boolean loseAt(long operations, int variants, Planted planted) {
    boolean wasOff = false;
    for (int variant = 0; variant < variants; variant++) {
      FaultyDisk disk = new FaultyDisk();
      disk.forgetSyncsOf(planted.forgotten());
      Random random = new Random(operations * 31 + variant);
      try {
        boolean isStrict = (operations + variant) % 2 == 0;
        wasOff =
            PowerScript.run(
                disk, new PowerScript.Loss(operations, random, isStrict), planted.log());
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("operation " + operations + ", variant " + variant, e);
      }
    }
    return wasOff;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"log/.*[.]log", "CATALOG.*", ".*checkpoint-.*", ".*MANIFEST.*", "log", ""})
  void aSyncThatTheDiskForgetsIsFound(String forgotten) {
    Pattern pattern = Pattern.compile(forgotten);
    Predicate<Path> files =
        path ->
            path.startsWith(PowerScript.DIRECTORY)
                && pattern.matcher(PowerScript.DIRECTORY.relativize(path).toString()).matches();
    requireFound(new Planted(files, UnaryOperator.identity()));
  }

  @Test
  void aReplayThatSkipsARecordIsFound() {
    requireFound(new Planted(path -> false, SkippingLog::new));
  }

  private static void requireFound(Planted planted) {
    assertThatThrownBy(
            () -> {
              for (long operations = 0; loseAt(operations, 2, planted); operations += 5) {
                assertThat(operations).isNotNegative();
              }
            })
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("operation ");
  }

  /// One history of losses. Owned by one thread.
  private static final class Run {
    private final Random random;
    private final FaultyDisk disk = new FaultyDisk();
    private final StoreOptions options;
    private final StoreModel model;
    private Store store;

    Run(int seed) {
      random = new Random(seed);
      ManualClock clock = new ManualClock();
      options =
          new StoreOptions(
              DIRECTORY,
              15 + random.nextInt(40),
              1 << 20,
              6_000,
              Duration.ofHours(1),
              1,
              clock,
              StoreListener.NONE);
      store = EmbeddedStore.open(options, disk);
      RandomTables randoms = new RandomTables(random);
      model = new StoreModel(random, randoms, clock, store.createTable(randoms.spec("t")));
    }

    void run() {
      for (int loss = 0; loss < LOSSES; loss++) {
        disk.setPowerOffAfter(1 + random.nextInt(120));
        while (!disk.isOff() && !model.isInDoubt()) {
          step();
        }
        store.close();
        disk.losePower(random);
        reopenUntilItLasts();
        model.reopened(store.table("t"));
      }
      store.close();
      verify();
      disk.assertAllClosed();
    }

    private void step() {
      switch (random.nextInt(12)) {
        case 0 -> unlessRefused(() -> store.table("t").fold());
        case 1 -> unlessRefused(store::checkpoint);
        case 2 -> model.advanceClock();
        default -> model.writeSome();
      }
    }

    /// Nothing is lost where the disk refuses maintenance.
    private static void unlessRefused(Runnable maintenance) {
      try {
        maintenance.run();
      } catch (KindredException e) {
        assertThat(e.code()).isEqualTo(io.kindred.engine.ErrorCode.STORAGE_UNAVAILABLE);
      }
    }

    /// The power may go off again during the start.
    private void reopenUntilItLasts() {
      for (int attempt = 0; attempt < 3; attempt++) {
        verify();
        disk.setPowerOffAfter(random.nextInt(60));
        try {
          store = EmbeddedStore.open(options, disk);
          if (!disk.isOff()) {
            disk.setPowerOffAfter(Long.MAX_VALUE);
            return;
          }
          store.close();
        } catch (KindredException e) {
          assertThat(disk.isOff()).as("refused with the power on: %s", e.getMessage()).isTrue();
        }
        disk.losePower(random);
      }
      store = EmbeddedStore.open(options, disk);
    }

    private void verify() {
      assertThat(StoreVerifier.verify(DIRECTORY, disk, line -> {})).isEmpty();
    }
  }
}
