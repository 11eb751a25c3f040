package io.kindred.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.BloomFilter;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import io.kindred.engine.segment.SeenKeys;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AgeingFilterTest {
  private static AgeingFilter empty(int capacity, double rate) {
    return AgeingFilter.empty(
        AgeingFilter.hashes(rate), Math.toIntExact(AgeingFilter.bits(capacity, rate)));
  }

  @Test
  void theNewestIdsAreInTheUnionAndTheOldestAreForgotten() {
    Random random = new Random(1);
    int capacity = 100;
    long[] hashes = random.longs(1_000).toArray();
    AgeingFilter filter = empty(capacity, 1e-6);
    for (int i = 0; i < hashes.length; i++) {
      filter = filter.with(hashes[i], capacity);
      BloomFilter union = BloomFilter.ofState(filter.toValue());
      for (int j = Math.max(0, i - capacity); j <= i; j++) {
        assertThat(union.mayContain(hashes[j])).as("%d after %d", j, i).isTrue();
      }
      if (i >= 2 * capacity) {
        assertThat(union.mayContain(hashes[i - 2 * capacity])).isFalse();
      }
    }
  }

  @Test
  void anIdThatIsInTheCurrentFilterChangesNothing() {
    AgeingFilter filter = empty(10, 0.01).with(5, 10);
    assertThat(filter.with(5, 10)).isSameAs(filter);
    assertThat(filter.count()).isEqualTo(1);
  }

  @Test
  void twoFullFiltersErrNoMoreOftenThanAsked() {
    Random random = new Random(2);
    double rate = 0.01;
    int capacity = AgeingFilter.capacityMax(rate);
    assertThat(AgeingFilter.bits(capacity, rate)).isEqualTo(AgeingFilter.BITS_MAX);
    assertThat(AgeingFilter.bits(capacity + 1, rate)).isGreaterThan(AgeingFilter.BITS_MAX);
    AgeingFilter filter = empty(capacity, rate);
    for (int i = 0; i < 2 * capacity; i++) {
      filter = filter.with(random.nextLong(), capacity);
    }
    BloomFilter union = filter.union();
    long errors = random.longs(100_000).filter(union::mayContain).count();
    assertThat(errors).isBetween(700L, 1_150L);
  }

  @ParameterizedTest
  @CsvSource({"500,0.01,16384,7", "1,0.5,64,1", "1000,0.001,32768,10", "3418,0.01,65536,7"})
  void theSizeIsThatOfTwiceTheCapacity(int capacity, double rate, long bits, int hashes) {
    assertThat(AgeingFilter.bits(capacity, rate)).isEqualTo(bits);
    assertThat(AgeingFilter.hashes(rate)).isEqualTo(hashes);
  }

  @Test
  void theBitsAreThoseOfTheFormat() {
    AgeingFilter filter = AgeingFilter.empty(4, 128);
    for (String id : List.of("a", "item-42", "são paulo")) {
      filter = filter.with(SeenKeys.hash(Key.of(id)), 100);
    }
    assertThat(filter.union().toValue().values())
        .containsEntry("words", Value.of("AAAAAYBgACAAMAAIGAQAAA=="));
  }

  @Test
  void aStateIsReadAsItWasWritten() {
    AgeingFilter filter = empty(2, 0.01);
    for (long hash = 1; hash < 6; hash++) {
      filter = filter.with(hash * 0x9E3779B97F4A7C15L, 2);
      Value state = filter.toValue();
      assertThat(AgeingFilter.of("seen", state).toValue()).isEqualTo(state);
    }
    assertThat(filter.previous()).isNotNull();
  }

  @Test
  void whatIsNoStateIsRefused() {
    Value.Entries whole = BloomFilter.empty(7, 64).toValue();
    Map<String, Value> broken = new LinkedHashMap<>(whole.values());
    broken.put("words", Value.of("?"));
    Value count = Value.of(0);
    for (Value other :
        List.of(
            Value.of("x"),
            new Value.Entries(Map.of("current", whole)),
            new Value.Entries(Map.of("count", Value.of(-1), "current", whole)),
            new Value.Entries(Map.of("count", count, "current", new Value.Entries(broken))),
            new Value.Entries(Map.of("count", count, "current", whole, "previous", count)),
            new Value.Entries(
                Map.of(
                    "count",
                    count,
                    "current",
                    whole,
                    "previous",
                    BloomFilter.empty(7, 128).toValue())))) {
      assertThatThrownBy(() -> AgeingFilter.of("seen", other))
          .as("%s", other)
          .isInstanceOfSatisfying(
              KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TYPE_MISMATCH))
          .hasMessageContaining("seen: ");
    }
  }
}
