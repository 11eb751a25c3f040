package io.kindred.engine.log;

import static io.kindred.engine.log.LogFixture.append;
import static io.kindred.engine.log.LogFixture.isStored;
import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Durability;
import io.kindred.engine.KindredException;
import io.kindred.engine.disk.FaultyDisk;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// Loses the power at every operation of a history that rotates, truncates and mixes durabilities,
/// and checks what the next start finds.
final class LogPowerLossTest {
  /// Some four records each.
  private static final long SEGMENT_BYTES = 250;

  /// What one life of a log has promised.
  private static final class History {
    /// In order, with the one last that was under way when the power went.
    final List<String> issued = new ArrayList<>();

    /// So many of them must be found again.
    int durable;

    /// Fewer than so many positions were given up.
    int truncatedBefore = 1;
  }

  @Test
  void whatWasAcknowledgedIsFoundAfterALossOfPowerAtAnyOperation() throws Exception {
    boolean isOff = true;
    for (long operations = 0; isOff; operations++) {
      for (int variant = 0; variant < 4; variant++) {
        isOff = losePowerAfter(operations, variant);
      }
    }
  }

  /// Whether the power went before the history ended.
  private static boolean losePowerAfter(long operations, int variant) throws Exception {
    LogFixture fixture = new LogFixture();
    FaultyDisk disk = fixture.disk;
    Random random = new Random(operations * 31 + variant);
    disk.setPowerOffAfter(operations);
    History history = live(fixture);
    boolean isOff = disk.isOff();
    lose(disk, variant, random);

    // The power may go again while the log recovers.
    disk.setPowerOffAfter(random.nextInt(12));
    openAndClose(fixture);
    lose(disk, variant, random);

    assertFound(fixture, history, "operations " + operations + ", variant " + variant);
    return isOff;
  }

  private static void lose(FaultyDisk disk, int variant, Random random) {
    disk.assertAllClosed();
    if (variant == 0) {
      disk.losePower();
    } else {
      disk.losePower(random);
    }
  }

  private static void openAndClose(LogFixture fixture) {
    try {
      fixture.open(SEGMENT_BYTES).close();
    } catch (KindredException e) {
      assertThat(fixture.disk.isOff()).as("%s", e).isTrue();
    }
  }

  private static History live(LogFixture fixture) throws Exception {
    History history = new History();
    try (LocalLog log = fixture.start(fixture.open(SEGMENT_BYTES))) {
      for (int i = 1; i <= 30 && !fixture.disk.isOff(); i++) {
        step(log, i, history);
      }
    } catch (KindredException e) {
      assertThat(fixture.disk.isOff()).as("%s", e).isTrue();
    }
    if (!fixture.disk.isOff()) {
      history.durable = history.issued.size();
    }
    return history;
  }

  private static void step(LocalLog log, int i, History history) throws Exception {
    Durability durability = i % 3 == 0 ? Durability.SYNCED : Durability.BUFFERED;
    history.issued.add("r" + i);
    if (!isStored(append(log, "r" + i, durability))) {
      return;
    }
    if (durability == Durability.SYNCED) {
      history.durable = i;
    }
    if (i % 10 == 7) {
      log.sync();
      history.durable = i;
    }
    if (i % 10 == 9) {
      history.truncatedBefore = i - 5;
      log.truncateBefore(i - 5);
    }
  }

  private static void assertFound(LogFixture fixture, History history, String run)
      throws Exception {
    try (LocalLog log = fixture.start(fixture.open(SEGMENT_BYTES))) {
      int oldest = (int) log.oldestPosition();
      int last = (int) log.committedPosition();
      assertThat(oldest).as(run).isLessThanOrEqualTo(history.truncatedBefore);
      assertThat(last).as(run).isBetween(history.durable, history.issued.size());
      assertThat(fixture.collector.texts())
          .as(run)
          .isEqualTo(history.issued.subList(oldest - 1, last));
      assertThat(LogFixture.put(log, "after")).as(run).isEqualTo(last + 1);
    }
    fixture.disk.losePower();
    assertThat(fixture.textsAfterRestart()).as(run).endsWith("after");
  }
}
