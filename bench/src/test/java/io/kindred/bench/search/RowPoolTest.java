package io.kindred.bench.search;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

final class RowPoolTest {
  @Test
  void rowsComeAndGoAsToldAndNoneIsLost() {
    long seed = System.nanoTime();
    System.out.println("seed " + seed);
    SplittableRandom random = new SplittableRandom(seed);
    RowPool pool = new RowPool(100, 70, seed);
    Set<Integer> expected = new HashSet<>();
    for (int row : pool.present()) {
      expected.add(row);
    }
    assertThat(expected).hasSize(70);
    for (int step = 0; step < 500; step++) {
      switch (random.nextInt(3)) {
        case 0 -> {
          for (int row : pool.add(random.nextInt(pool.absentCount() + 1))) {
            assertThat(expected.add(row)).isTrue();
          }
        }
        case 1 -> {
          for (int row : pool.remove(random.nextInt(pool.presentCount() + 1))) {
            assertThat(expected.remove(row)).isTrue();
          }
        }
        default -> {
          int most = Math.min(pool.absentCount(), pool.presentCount());
          RowPool.Replaced replaced = pool.replace(random.nextInt(most + 1));
          for (int row : replaced.removed()) {
            assertThat(expected.remove(row)).isTrue();
          }
          for (int row : replaced.added()) {
            assertThat(expected.add(row)).isTrue();
            assertThat(replaced.removed()).doesNotContain(row);
          }
        }
      }
      assertThat(pool.presentCount()).isEqualTo(expected.size());
      assertThat(pool.present())
          .containsExactlyInAnyOrder(expected.stream().mapToInt(i -> i).toArray());
      BitSet bits = pool.bits();
      assertThat(bits.cardinality()).isEqualTo(expected.size());
      assertThat(expected).allMatch(bits::get);
    }
  }
}
