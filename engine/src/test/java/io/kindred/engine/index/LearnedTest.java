package io.kindred.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

final class LearnedTest {
  @Test
  void itComesNearTheMedianAndOutliersDoNotMoveIt() {
    Learned learned = new Learned(10);
    Random random = new Random(4);
    for (int i = 0; i < 2_000; i++) {
      learned.learn(random.nextInt(20) == 0 ? 9_000 : 60 + 20 * random.nextDouble());
    }
    assertThat(learned.value()).isCloseTo(70, Percentage.withPercentage(15));
  }

  @Test
  void itFollowsWhatHasChanged() {
    Learned learned = new Learned(100);
    for (int i = 0; i < 200; i++) {
      learned.learn(10);
    }
    assertThat(learned.value()).isCloseTo(10, Percentage.withPercentage(5));
  }
}
