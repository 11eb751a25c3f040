package io.kindred.engine.index;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class TopKTest {
  private record Offer(float distance, int ordinal) {}

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void itKeepsWhatSortingAllWouldPutFirst(long seed) {
    Random random = new Random(seed);
    TopK top = new TopK();
    for (int round = 0; round < 200; round++) {
      int k = 1 + random.nextInt(40);
      int offered = random.nextInt(200);
      List<Offer> offers = new ArrayList<>();
      top.reset(k);
      for (int ordinal = 0; ordinal < offered; ordinal++) {
        // Few different distances, so that ties are common, and of both signs.
        Offer offer = new Offer((random.nextInt(21) - 10) / 4f, ordinal);
        offers.add(offer);
      }
      Collections.shuffle(offers, random);
      offers.forEach(offer -> top.offer(offer.distance(), offer.ordinal()));
      offers.sort(Comparator.comparingDouble(Offer::distance).thenComparingInt(Offer::ordinal));
      List<Offer> expected = offers.subList(0, Math.min(k, offered));

      int[] ordinals = new int[k];
      float[] distances = new float[k];
      assertThat(top.size()).isEqualTo(expected.size());
      assertThat(top.isFull()).isEqualTo(expected.size() == k);
      int count = top.drain(ordinals, distances);
      List<Offer> kept = new ArrayList<>();
      for (int i = 0; i < count; i++) {
        kept.add(new Offer(distances[i], ordinals[i]));
      }
      assertThat(kept).as("seed %d, round %d", seed, round).isEqualTo(expected);
      assertThat(top.size()).isZero();
    }
  }

  @Test
  void theExtremesOfDistancesAndOrdinalsKeepTheirOrder() {
    TopK top = new TopK();
    top.reset(6);
    top.offer(Float.NaN, 1);
    top.offer(Float.POSITIVE_INFINITY, 2);
    top.offer(0f, Integer.MAX_VALUE);
    top.offer(0f, 0);
    top.offer(-Float.MAX_VALUE, 4);
    top.offer(Float.MIN_VALUE, 5);
    int[] ordinals = new int[6];
    float[] distances = new float[6];
    top.drain(ordinals, distances);
    assertThat(ordinals).containsExactly(4, 0, Integer.MAX_VALUE, 5, 2, 1);
    assertThat(distances[0]).isEqualTo(-Float.MAX_VALUE);
  }

  @Test
  void aKOfNothingIsRefused() {
    assertThatThrownBy(() -> new TopK().reset(0)).hasMessage("k: 0 (expected: at least 1)");
  }
}
