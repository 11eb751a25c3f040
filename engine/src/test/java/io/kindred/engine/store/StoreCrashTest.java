package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.StoreOptions;
import io.kindred.engine.disk.FileDisk;
import io.kindred.engine.log.Log;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that writes, folds, checkpoints, drops and creates, again and again on the same
/// directory, and looks for what it had acknowledged: nothing is lost, nothing twice, nothing
/// deleted is back, no vector is zeros, and the count is exact. `-Dkindred.suite.rounds=200` kills
/// more often; `-Dseed=42` chooses when.
@Timeout(36_000)
class StoreCrashTest {
  private static final int LINES_MAX = 600;

  /// One kill in so many comes while the process starts.
  private static final int KILLED_AT_START_EVERY = 5;

  private static final long START_NANOS_MAX = 400_000_000;

  /// The first that finds the fault is the last; most rounds do.
  private static final int CANARY_ROUNDS = 40;

  @TempDir Path directory;
  private final CrashLedger ledger = new CrashLedger();

  @Test
  void everyAcknowledgedChangeIsThereAndNoneOtherAfterTheProcessWasKilled() throws Exception {
    int rounds = Integer.getInteger("kindred.suite.rounds", 20);
    run(rounds, "whole", UnaryOperator.identity());
    System.out.printf("kill: %d rounds, %d changes answered%n", rounds, ledger.answered());
    assertThat(ledger.answered()).isGreaterThan(rounds);
  }

  @Test
  void aDiskThatHoldsBackWhatItHasSyncedIsFound() {
    assertThatThrownBy(() -> run(CANARY_ROUNDS, "holding", UnaryOperator.identity()))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("seed ");
  }

  @Test
  void aReplayThatSkipsARecordIsFound() {
    assertThatThrownBy(() -> run(CANARY_ROUNDS, "whole", SkippingLog::new))
        .isInstanceOf(AssertionError.class)
        .hasMessageStartingWith("seed ");
  }

  /// @param planted stands between the store that is looked at and its log
  private void run(int rounds, String disk, UnaryOperator<Log> planted) throws Exception {
    Long asked = Long.getLong("seed");
    long seed = asked == null ? System.nanoTime() : asked;
    Random random = new Random(seed);
    for (int round = 0; round < rounds; round++) {
      try {
        runUntilKilled(round, disk, random);
        assertThat(StoreVerifier.verify(directory, line -> {})).isEmpty();
        try (EmbeddedStore store =
            EmbeddedStore.open(StoreOptions.at(directory), new FileDisk(), planted)) {
          ledger.check(store);
        }
      } catch (AssertionError | RuntimeException e) {
        throw new AssertionError("seed " + seed + ", round " + round + ": " + e, e);
      }
    }
  }

  private void runUntilKilled(int round, String disk, Random random) throws Exception {
    boolean isAtStart = round % KILLED_AT_START_EVERY == KILLED_AT_START_EVERY - 1;
    int linesMax = 1 + (isAtStart ? 0 : random.nextInt(LINES_MAX));
    Process child =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "--add-modules",
                "jdk.incubator.vector",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                CrashingWriter.class.getName(),
                directory.toString(),
                Integer.toString(round),
                disk)
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int lines = 0;
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        ledger.take(line);
        lines++;
        if (lines == linesMax) {
          if (isAtStart) {
            letSomeTimeGoBy(random.nextLong(START_NANOS_MAX));
          }
          // By its handle: the process itself would close the output that is still to be read.
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as("killed, not ended").isEqualTo(128 + 9);
    assertThat(lines).as("lines before the kill").isGreaterThanOrEqualTo(linesMax);
  }

  /// The moment of the kill is random: no condition is waited for.
  private static void letSomeTimeGoBy(long nanos) {
    long end = System.nanoTime() + nanos;
    while (System.nanoTime() - end < 0) {
      Thread.onSpinWait();
    }
  }
}
