package io.kindred.engine.filter;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ExactNumbersTest {
  @Test
  void comparesLikeUnlimitedPrecision() {
    long[] integers = {
      0, 1, -1, 2, -2, 1L << 53, (1L << 53) + 1, -(1L << 53) - 1, Long.MAX_VALUE, Long.MIN_VALUE
    };
    double[] numbers = {
      0.0,
      -0.0,
      0.5,
      -0.5,
      1,
      -1,
      1.5,
      -1.5,
      2.5,
      0x1p53,
      -0x1p53,
      0x1p53 + 2,
      0x1p63,
      -0x1p63,
      0x1p62,
      Double.MIN_VALUE,
      -Double.MIN_VALUE,
      Double.MAX_VALUE,
      -Double.MAX_VALUE
    };
    for (long integer : integers) {
      for (double number : numbers) {
        assertAgrees(integer, number);
      }
    }
  }

  @Test
  void comparesRandomNeighboursLikeUnlimitedPrecision() {
    long seed = 17;
    Random random = new Random(seed);
    for (int i = 0; i < 200_000; i++) {
      long integer = random.nextLong() >> random.nextInt(64);
      double near = (double) integer;
      assertAgrees(integer, near);
      assertAgrees(integer, Math.nextUp(near));
      assertAgrees(integer, Math.nextDown(near));
      assertAgrees(integer, near + random.nextInt(-3, 4) / 2.0);
    }
  }

  private static void assertAgrees(long integer, double number) {
    int expected = BigDecimal.valueOf(integer).compareTo(new BigDecimal(number));
    if (Integer.signum(ExactNumbers.compare(integer, number)) != expected) {
      assertThat(ExactNumbers.compare(integer, number))
          .as("%d compared with %s", integer, number)
          .isEqualTo(expected);
    }
    boolean isLong =
        new BigDecimal(number).stripTrailingZeros().scale() <= 0
            && Math.abs(number) <= 0x1p63
            && number != 0x1p63;
    assertThat(ExactNumbers.isLong(number)).as("%s", number).isEqualTo(isLong);
  }
}
