package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.fail;

import io.kindred.engine.store.StoreHistory.Planted;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/// Random calls against a store and its model; every answer is compared, and afterwards every file
/// checked. A failing history is shortened, and printed with what repeats it: `-Dseed=42
/// -Dsteps=3,17`. `-Dkindred.suite.seeds=1000 -Dkindred.suite.operations=2000` tries more.
@Timeout(36_000)
class StoreModelTest {
  private static final int CANARY_SEEDS = 5;

  /// So few steps show a canary: a table, a row, what goes wrong with it, a look, and some spare.
  private static final int CANARY_STEPS_MAX = 12;

  @Test
  void everyAnswerIsTheModels() {
    Integer only = Integer.getInteger("seed");
    int seeds = Integer.getInteger("kindred.suite.seeds", 50);
    List<Integer> steps = steps();
    for (int seed = only == null ? 0 : only; seed < (only == null ? seeds : only + 1); seed++) {
      StoreHistory.Failure failure = StoreHistory.run(seed, steps, Planted.NOTHING);
      if (failure != null) {
        throw failure.shrunk(Planted.NOTHING);
      }
    }
    System.out.printf("model: %d seeds, %d operations each%n", seeds, steps.size());
  }

  private static List<Integer> steps() {
    String asked = System.getProperty("steps");
    return asked == null
        ? StoreHistory.steps(Integer.getInteger("kindred.suite.operations", 200))
        : Arrays.stream(asked.split(",", -1)).map(Integer::valueOf).toList();
  }

  @ParameterizedTest
  @EnumSource(LyingTable.Lie.class)
  void aLieIsFoundAndShownInAFewSteps(LyingTable.Lie lie) {
    requireFound(new Planted(table -> new LyingTable(table, lie), UnaryOperator.identity()));
  }

  @Test
  void aReplayThatSkipsARecordIsFoundAndShownInAFewSteps() {
    requireFound(new Planted(UnaryOperator.identity(), SkippingLog::new));
  }

  private static void requireFound(Planted planted) {
    AssertionError error = firstError(planted);
    if (error == null) {
      fail("no seed below " + CANARY_SEEDS + " found it");
      return;
    }
    assertThat(error).hasMessageContaining("again: -Dseed=");
    String message = String.valueOf(error.getMessage());
    long lines = message.lines().takeWhile(line -> !line.startsWith("again")).count();
    assertThat(lines - 1).as("%s", message).isBetween(2L, (long) CANARY_STEPS_MAX);
  }

  private static @Nullable AssertionError firstError(Planted planted) {
    for (int seed = 0; seed < CANARY_SEEDS; seed++) {
      StoreHistory.Failure failure = StoreHistory.run(seed, StoreHistory.steps(300), planted);
      if (failure != null) {
        return failure.shrunk(planted);
      }
    }
    return null;
  }
}
