package io.kindred.engine.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ShrinkerTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final List<Integer> STEPS = IntStream.range(0, 1000).boxed().toList();

  @Test
  void onlyTheStepsThatAFailureNeedsAreLeft() {
    List<Integer> needed = List.of(3, 4, 500, 999);
    Shrinker shrinker = new Shrinker(1_000, LONG);
    assertThat(shrinker.shrink(STEPS, steps -> steps.containsAll(needed))).isEqualTo(needed);
    assertThat(shrinker.tries()).isLessThan(200);
  }

  @Test
  void aFailureThatNeedsNoStepIsLeftWithNone() {
    assertThat(new Shrinker(1_000, LONG).shrink(STEPS, steps -> true)).isEmpty();
  }

  @Test
  void whatIsLeftAfterTheLastTryStillFails() {
    List<Integer> needed = List.of(1, 300, 301, 700);
    Shrinker shrinker = new Shrinker(7, LONG);
    List<Integer> left = shrinker.shrink(STEPS, steps -> steps.containsAll(needed));
    assertThat(left).containsAll(needed).hasSizeLessThan(STEPS.size());
    assertThat(shrinker.tries()).isEqualTo(7);
  }
}
