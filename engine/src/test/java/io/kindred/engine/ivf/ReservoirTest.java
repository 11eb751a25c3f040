package io.kindred.engine.ivf;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ReservoirTest {
  @ParameterizedTest
  @CsvSource({"1, 1000, 100", "10, 5, 3", "10, 5000, 4", "300, 5000, 1000000", "64, 64, 9"})
  void theNearestAreKeptInOrder(int wanted, int count, int values) {
    Random random = new Random(count);
    Reservoir reservoir = new Reservoir();
    for (int round = 0; round < 5; round++) {
      reservoir.reset(wanted);
      float[] distances = new float[count];
      for (int i = 0; i < count; i++) {
        distances[i] = random.nextInt(values) - values / 2;
        if (distances[i] < reservoir.bound()) {
          reservoir.add(distances[i], i);
        }
      }
      int found = reservoir.finish();
      assertThat(found).isEqualTo(Math.min(wanted, count));
      float[] sorted = distances.clone();
      Arrays.sort(sorted);
      for (int i = 0; i < found; i++) {
        assertThat(reservoir.distance(i)).isEqualTo(sorted[i]);
        assertThat(distances[reservoir.id(i)]).isEqualTo(sorted[i]);
      }
    }
  }
}
