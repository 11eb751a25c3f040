package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.KindredException;
import io.kindred.engine.Store;
import io.kindred.engine.StoreListener;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.disk.FaultyDisk;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/// The power goes off between any two operations of the disk: what was acknowledged is there, an
/// unanswered write is there as a whole or not at all (shard by shard), and every file is whole.
/// `-Dkindred.seeds=1000` tries more, `-Dseed=42` one again.
@Timeout(600)
class StorePowerLossTest {
  private static final Path DIRECTORY = Path.of("/store");
  private static final int LOSSES = 12;

  @Test
  void everyAcknowledgedWriteIsThereAfterThePowerWentOffAtAnyOperation() {
    Integer only = Integer.getInteger("seed");
    int seeds = Integer.getInteger("kindred.seeds", 12);
    for (int seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
      try {
        new Run(seed).run();
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + " (-Dseed=" + seed + ")", e);
      }
    }
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
      model = new StoreModel(random, clock, store.createTable(new RandomTables(random).spec("t")));
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
