package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Key;
import io.kindred.engine.Projection;
import io.kindred.engine.StoreOptions;
import io.kindred.engine.StoredRow;
import io.kindred.engine.Table;
import io.kindred.engine.Value;
import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Kills a process that writes, folds and checkpoints, again and again on the same directory, and
/// looks for what it had acknowledged.
@Timeout(300)
class StoreCrashTest {
  private static final int ROUNDS = 10;
  private static final int CHANGES_MAX = 250;

  @TempDir Path directory;

  /// By key: the change that made its row, or 0 where it has none.
  private final Map<Long, Long> rows = new HashMap<>();

  /// By writer: what it had announced, but not been answered.
  private final Map<String, Change> unanswered = new HashMap<>();

  private long seed = System.nanoTime();

  /// @param number of the change, or 0 for a deletion
  private record Change(long number, long[] keys) {}

  @Test
  void everyAcknowledgedChangeIsThereAndNoneOtherAfterTheProcessWasKilled() throws Exception {
    Long asked = Long.getLong("seed");
    seed = asked == null ? seed : asked;
    Random random = new Random(seed);
    for (int round = 0; round < ROUNDS; round++) {
      runUntilKilled(round, 1 + random.nextInt(CHANGES_MAX));
      assertThat(StoreVerifier.verify(directory, line -> {})).as("seed %d", seed).isEmpty();
      try (EmbeddedStore store = EmbeddedStore.open(StoreOptions.at(directory))) {
        check(store.table("t"));
      }
      unanswered.clear();
    }
    assertThat(rows).isNotEmpty();
  }

  private void runUntilKilled(int round, int changes) throws Exception {
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
                Integer.toString(round))
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    int answered = 0;
    try (BufferedReader output = child.inputReader(StandardCharsets.UTF_8)) {
      for (String line = output.readLine(); line != null; line = output.readLine()) {
        answered += take(line) ? 1 : 0;
        if (answered == changes) {
          // By its handle: the process itself would close the output that is still to be read.
          child.toHandle().destroyForcibly();
        }
      }
    }
    assertThat(child.waitFor(30, TimeUnit.SECONDS)).isTrue();
    assertThat(child.exitValue()).as("killed, not ended").isNotZero();
    assertThat(answered).as("changes answered before the kill").isGreaterThanOrEqualTo(changes);
  }

  /// Takes a line `writer number key,key… end` of an announcement, or `writer done` of an answer.
  /// The last line may be cut.
  ///
  /// @return whether it was an answer
  private boolean take(String line) {
    String[] words = line.split(" ", -1);
    if (words.length == 4 && words[3].equals("end")) {
      String[] texts = words[2].split(",", -1);
      long[] keys = new long[texts.length];
      for (int i = 0; i < keys.length; i++) {
        keys[i] = Long.parseLong(texts[i]);
      }
      unanswered.put(words[0], new Change(Long.parseLong(words[1]), keys));
      return false;
    }
    if (words.length == 2 && words[1].equals("done")) {
      Change change = Objects.requireNonNull(unanswered.remove(words[0]), line);
      for (long key : change.keys()) {
        rows.put(key, change.number());
      }
      return true;
    }
    return false;
  }

  private void check(Table table) {
    for (long key = 0; key < CrashingWriter.KEYS; key++) {
      long expected = rows.getOrDefault(key, 0L);
      long actual = number(key, table.get(Key.of(key), Projection.ALL).orElse(null));
      if (actual != expected) {
        assertThat(mayBe(key, actual))
            .as("key %d: change %d (expected: %d, seed %d)", key, actual, expected, seed)
            .isTrue();
        rows.put(key, actual);
      }
    }
    long live = rows.values().stream().filter(number -> number > 0).count();
    assertThat(table.info().rowCount()).as("rows, seed %d", seed).isEqualTo(live);
  }

  /// The change that made a row; 0 where there is none.
  private static long number(long key, @Nullable StoredRow row) {
    if (row == null) {
      return 0;
    }
    long number = ((Value.Int64) Objects.requireNonNull(row.fields().get("change"))).value();
    assertThat(row.vectors().get("place")).isEqualTo(CrashingWriter.vector(key, number));
    return number;
  }

  private boolean mayBe(long key, long number) {
    return unanswered.values().stream()
        .anyMatch(
            change ->
                change.number() == number
                    && java.util.Arrays.stream(change.keys()).anyMatch(one -> one == key));
  }
}
