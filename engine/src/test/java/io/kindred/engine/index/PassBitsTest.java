package io.kindred.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.Arena;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class PassBitsTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 63, 64, 65, 511, 512, 513, 10_000})
  void bitsAreThoseThatWereSet(int size) {
    Random random = new Random(size);
    try (Arena arena = Arena.ofConfined()) {
      for (double share : new double[] {0, 0.01, 0.5, 1}) {
        BitSet expected = new BitSet();
        PassBits bits = PassBits.create(size, arena);
        for (int i = 0; i < size; i++) {
          if (random.nextDouble() < share) {
            expected.set(i);
            bits.set(i);
            bits.set(i);
          }
        }
        assertThat(bits.cardinality()).isEqualTo(expected.cardinality());
        for (int i = 0; i < size; i++) {
          assertThat(bits.test(i)).isEqualTo(expected.get(i));
          int next = expected.nextSetBit(i);
          assertThat(bits.next(i)).isEqualTo(next < 0 ? size : next);
        }
        assertThat(bits.next(size)).isEqualTo(size);
        assertThat(all(bits, 7)).isEqualTo(expected);
        assertThat(all(bits, 256)).isEqualTo(expected);
      }
    }
  }

  private static BitSet all(PassBits bits, int block) {
    BitSet found = new BitSet();
    int[] into = new int[block];
    int count;
    for (int from = 0; (count = bits.copy(from, into)) > 0; from = into[count - 1] + 1) {
      for (int i = 0; i < count; i++) {
        found.set(into[i]);
      }
    }
    return found;
  }
}
