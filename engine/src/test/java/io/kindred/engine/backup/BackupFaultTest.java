package io.kindred.engine.backup;

import static io.kindred.engine.backup.BackupFixture.rows;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.Table;
import io.kindred.engine.disk.FaultyDisk;
import io.kindred.engine.disk.FaultyDisk.Operation;
import io.kindred.engine.store.EmbeddedStore;
import io.kindred.engine.store.FaultyStores;
import io.kindred.engine.store.StoreVerifier;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The power goes off at each operation of the disk while a backup is made, restored to a new
/// directory, or restored into the store; the disk is full in the middle; the device fails for a
/// while. There is a whole one then or none, the store has lost nothing, and the next attempt
/// succeeds. `-Dkindred.suite.variants=8` tries more of what a loss leaves.
@Timeout(36_000)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BackupFaultTest {
  private static final Path DATA = Path.of("/data/store");
  private static final Path PLACE = Path.of("/place");
  private static final Path RESTORED = Path.of("/restored");
  private static final Path TARGET = RESTORED.resolve("store");
  private static final int VARIANTS = Integer.getInteger("kindred.suite.variants", 1);
  private static final int FULL_STEP_BYTES = 4_099;

  /// With a backup in the place, and without.
  private FaultyDisk withBackup;

  private FaultyDisk withoutBackup;
  private Map<String, String> items;

  /// What is done while the disk fails.
  enum Work {
    BACKUP,
    RESTORE,
    RESTORE_TABLE
  }

  @BeforeAll
  void makeDisks() {
    FaultyDisk disk = new FaultyDisk();
    disk.createDirectories(RESTORED);
    try (EmbeddedStore store = open(disk)) {
      BackupFixture.fill(store);
      items = rows(store.table("items"));
    }
    withoutBackup = disk.copyOfDurable();
    try (EmbeddedStore store = open(disk)) {
      backups(disk).create(store, List.of(), new Progress());
    }
    withBackup = disk.copyOfDurable();
  }

  private static EmbeddedStore open(FaultyDisk disk) {
    return FaultyStores.open(StoreOptions.at(DATA), disk);
  }

  private static Backups backups(FaultyDisk disk) {
    return new Backups(new DirectoryObjectStore(disk, PLACE), disk, InstantSource.system());
  }

  private FaultyDisk diskFor(Work work) {
    return (work == Work.BACKUP ? withoutBackup : withBackup).copyOfDurable();
  }

  private static void run(Work work, EmbeddedStore store, FaultyDisk disk) {
    Backups backups = backups(disk);
    switch (work) {
      case BACKUP -> backups.create(store, List.of(), new Progress());
      case RESTORE -> backups.restore(backups.newest(), Restore.Target.of(TARGET), new Progress());
      case RESTORE_TABLE ->
          backups.restore(
              backups.newest(), new Backups.IntoStore(store, "items", "items-old"), new Progress());
    }
  }

  /// What the work has left is whole, or nothing.
  ///
  /// @return whether it is there
  private boolean requireWhole(Work work, EmbeddedStore store, FaultyDisk disk) {
    assertThat(rows(store.table("items"))).isEqualTo(items);
    return switch (work) {
      case BACKUP -> requireWholeBackups(backups(disk));
      case RESTORE -> requireWholeDirectory(disk);
      case RESTORE_TABLE -> requireWholeTable(store);
    };
  }

  private static boolean requireWholeBackups(Backups backups) {
    List<Backups.Listed> listed = backups.list();
    for (Backups.Listed one : listed) {
      assertThat(one.problem()).isNull();
      assertThat(backups.verify(one.id(), new Progress())).isEmpty();
    }
    return !listed.isEmpty();
  }

  private boolean requireWholeDirectory(FaultyDisk disk) {
    if (!disk.exists(TARGET)) {
      return false;
    }
    assertThat(StoreVerifier.verify(TARGET, disk, line -> {})).isEmpty();
    try (EmbeddedStore restored = FaultyStores.open(StoreOptions.at(TARGET), disk)) {
      assertThat(rows(restored.table("items"))).isEqualTo(items);
    }
    return true;
  }

  private boolean requireWholeTable(EmbeddedStore store) {
    for (Table table : store.tables()) {
      if (table.spec().name().equals("items-old")) {
        assertThat(rows(table)).isEqualTo(items);
        return true;
      }
    }
    return false;
  }

  private static void verify(FaultyDisk disk) {
    assertThat(StoreVerifier.verify(DATA, disk, line -> {})).isEmpty();
  }

  private static void requireNothingLeftOver(FaultyDisk disk) {
    assertThat(FaultyStores.inspect(StoreOptions.at(DATA), disk).leftovers()).isEmpty();
  }

  @ParameterizedTest
  @EnumSource
  void thereIsAWholeOneOrNoneAfterThePowerWentOffAtAnyOperation(Work work) {
    int operations = 0;
    while (loseAt(work, operations, path -> false)) {
      operations++;
    }
    System.out.printf("power: %s, %d operations, %d variants%n", work, operations, VARIANTS);
    assertThat(operations).isGreaterThan(50);
  }

  /// @return whether the power went off before the work had ended
  private boolean loseAt(Work work, int operations, Predicate<Path> forgotten) {
    boolean wasOff = false;
    for (int variant = 0; variant < VARIANTS; variant++) {
      try {
        wasOff = lose(work, operations, variant, forgotten);
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError(
            "%s, operation %d, variant %d: %s".formatted(work, operations, variant, e), e);
      }
    }
    return wasOff;
  }

  private boolean lose(Work work, int operations, int variant, Predicate<Path> forgotten) {
    FaultyDisk disk = diskFor(work);
    disk.forgetSyncsOf(forgotten);
    boolean isAnswered = false;
    EmbeddedStore store = open(disk);
    disk.setPowerOffAfter(operations);
    try {
      run(work, store, disk);
      isAnswered = true;
    } catch (KindredException e) {
      assertThat(disk.isOff()).as("refused with the power on: %s", e).isTrue();
    }
    boolean wasOff = disk.isOff();
    store.close();
    if ((operations + variant) % 2 == 0) {
      disk.losePower();
    } else {
      disk.losePower(new Random(operations * 31L + variant));
    }
    verify(disk);
    try (EmbeddedStore next = open(disk)) {
      boolean isThere = requireWhole(work, next, disk);
      assertThat(isThere || !isAnswered).as("what was answered is there").isTrue();
      if (!isThere) {
        run(work, next, disk);
        assertThat(requireWhole(work, next, disk)).isTrue();
      }
    }
    verify(disk);
    requireNothingLeftOver(disk);
    disk.assertAllClosed();
    return wasOff;
  }

  /// Canaries: whoever does not wait for the disk is found.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "BACKUP /place/files/.*",
        "BACKUP /place/backups",
        "RESTORE /restored/store[.]restoring/tables/.*/keys|.*base-.*",
        "RESTORE_TABLE /data/store/tables/restoring-.*/base-.*",
        "RESTORE_TABLE /data/store/tables",
        "RESTORE_TABLE /data/store/log/.*[.]log"
      })
  void aSyncThatTheDiskForgetsIsFound(String canary) {
    Work work = Work.valueOf(canary.substring(0, canary.indexOf(' ')));
    Pattern forgotten = Pattern.compile(canary.substring(canary.indexOf(' ') + 1));
    assertThatThrownBy(
            () -> {
              Predicate<Path> files = path -> forgotten.matcher(path.toString()).matches();
              // First behind the end, where most is to be found.
              loseAt(work, Integer.MAX_VALUE, files);
              int operations = 0;
              while (loseAt(work, operations, files)) {
                operations += 5;
              }
              throw new IllegalStateException("not found in " + operations + " operations");
            })
        .isInstanceOf(AssertionError.class);
  }

  @ParameterizedTest
  @EnumSource
  void aDiskThatIsFullInTheMiddleLeavesNothingAndTheNextAttemptSucceeds(Work work) {
    int refused = 0;
    for (long bytes = 0; ; bytes += FULL_STEP_BYTES) {
      FaultyDisk disk = diskFor(work);
      try (EmbeddedStore store =
          FaultyStores.open(StoreOptions.at(DATA).withBudget(noReserve()), disk)) {
        disk.setFreeBytes(bytes);
        boolean isDone = attempt(work, store, disk);
        refused += isDone ? 0 : 1;
        disk.heal();
        requireWhole(work, store, disk);
        if (!isDone) {
          run(work, store, disk);
          assertThat(requireWhole(work, store, disk)).isTrue();
        }
        if (isDone) {
          break;
        }
      }
      verify(disk);
      requireNothingLeftOver(disk);
      disk.assertAllClosed();
    }
    assertThat(refused).isGreaterThan(2);
  }

  private static io.kindred.engine.Budget noReserve() {
    return io.kindred.engine.Budget.DEFAULT.withDiskFreeBytes(0);
  }

  private static boolean attempt(Work work, EmbeddedStore store, FaultyDisk disk) {
    try {
      run(work, store, disk);
      return true;
    } catch (KindredException e) {
      assertThat(e.code()).as(e.getMessage()).isEqualTo(ErrorCode.STORAGE_UNAVAILABLE);
      return false;
    }
  }

  @ParameterizedTest
  @EnumSource
  void aDeviceThatFailsForAWhileStopsNothingForGood(Work work) {
    for (Operation operation : Operation.values()) {
      for (int times = 1; times <= 3; times++) {
        FaultyDisk disk = diskFor(work);
        try (EmbeddedStore store = open(disk)) {
          disk.failNext(operation, times);
          boolean isDone = attempt(work, store, disk);
          disk.heal();
          boolean isThere = requireWhole(work, store, disk);
          assertThat(isThere || !isDone).as("%s fails %d times", operation, times).isTrue();
          if (!isThere) {
            run(work, store, disk);
            assertThat(requireWhole(work, store, disk)).isTrue();
          }
        }
        verify(disk);
        requireNothingLeftOver(disk);
        disk.assertAllClosed();
      }
    }
  }

  /// As a restore into the store is, unlike the others, in the log.
  @Test
  void aRestoredTableIsAsDurableAsItsRecord() {
    FaultyDisk disk = diskFor(Work.RESTORE_TABLE);
    EmbeddedStore store = open(disk);
    run(Work.RESTORE_TABLE, store, disk);
    FaultyDisk lost = disk.copyOfDurable();
    store.close();
    verify(lost);
    try (EmbeddedStore next = open(lost)) {
      assertThat(requireWhole(Work.RESTORE_TABLE, next, lost)).isTrue();
    }
  }
}
