package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.Projection;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that merges events, again and again on the same directory, and lets it begin
/// each time at some earlier offset: in the end all rows are, bit by bit, those of a run without
/// faults, and what was rejected is rejected again. `-Dkindred.suite.rounds=200` kills more often;
/// `-Dseed=42` chooses when.
@Timeout(36_000)
class EventReplayCrashTest {
  private static final int LINES_MAX = 60;
  private static final int STEP_BACK_MAX = 300;
  private static final int CANARY_ROUNDS = 5;

  @TempDir Path directory;

  @Test
  void theRowsAreThoseOfARunWithoutFaults() throws Exception {
    run(Integer.getInteger("kindred.suite.rounds", 12), SourceNames.STAYING);
  }

  /// A canary: with a name of its own after each start, what is read again counts again.
  @Test
  void eventsThatCountTwiceAreFound() {
    assertThatThrownBy(() -> run(CANARY_ROUNDS, SourceNames.CHANGING))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("seed ");
  }

  /// What the source of events is called.
  private enum SourceNames {
    STAYING,
    CHANGING;

    String of(int round) {
      return this == STAYING ? "test/events" : "test/events-" + round;
    }
  }

  private void run(int rounds, SourceNames names) throws Exception {
    Long asked = Long.getLong("seed");
    long seed = asked == null ? System.nanoTime() : asked;
    Random random = new Random(seed);
    Path killed = directory.resolve("killed");
    long acknowledged = 0;
    for (int round = 0; round < rounds; round++) {
      long from = Math.max(0, acknowledged - random.nextInt(STEP_BACK_MAX));
      acknowledged = Math.max(acknowledged, runUntilKilled(killed, from, names.of(round), random));
      assertThat(StoreVerifier.verify(killed, line -> {})).as("seed %d", seed).isEmpty();
    }
    long to = acknowledged + 100;
    long from = Math.max(0, acknowledged - STEP_BACK_MAX);
    try (EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(killed));
        EmbeddedStore without = EmbeddedStore.open(StoreOptions.at(directory.resolve("whole")))) {
      EventStream stream = new EventStream(store, names.of(rounds));
      List<String> rejected = stream.write(from, to, 1 + random.nextInt(100));
      EventStream expected = new EventStream(without);
      List<String> expectedRejected = expected.write(0, to, 997);
      assertThat(rejected)
          .as("seed %d", seed)
          .isNotEmpty()
          .isEqualTo(expectedRejected.stream().filter(one -> offset(one) >= from).toList());
      requireSame(seed, rows(expected), rows(stream));
    }
    System.out.printf("event replay: %d rounds, %d events%n", rounds, to);
    assertThat(acknowledged).isGreaterThan(rounds);
  }

  private static long offset(String rejected) {
    return Long.parseLong(rejected.split(" ", 2)[0]);
  }

  private static List<StoredRow> rows(EventStream stream) {
    return stream.table().scan(null, 1_000, null, Projection.ALL).rows();
  }

  private static void requireSame(long seed, List<StoredRow> expected, List<StoredRow> actual) {
    assertThat(actual).as("seed %d", seed).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      MergeTest.requireSame(expected.get(i), actual.get(i));
    }
  }

  /// @return the last offset that was acknowledged
  private static long runUntilKilled(Path killed, long from, String source, Random random)
      throws Exception {
    int linesMax = 1 + random.nextInt(LINES_MAX);
    Process child =
        new ProcessBuilder(
                ChildStore.command(
                    128,
                    CrashingStream.class,
                    killed.toString(),
                    Long.toString(from),
                    Long.toString(random.nextLong()),
                    source))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    long acknowledged = from;
    int lines = 0;
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        if (line.matches("\\d+")) {
          acknowledged = Long.parseLong(line);
          lines++;
        }
        if (lines == linesMax) {
          // By its handle: the process itself would close the output that is still to be read.
          child.toHandle().destroyForcibly();
        }
      }
    } finally {
      child.destroyForcibly();
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as("killed, not ended").isEqualTo(128 + 9);
    return acknowledged;
  }
}
