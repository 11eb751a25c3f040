package io.kindred.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MeanStateTest {
  private static final int DIMENSION = 8;
  private static final long HALF_LIFE = 3_600_000_000L;
  private static final long START = 1_767_225_600_000_000L;

  private record Event(float[] vector, long timeMicros, double weight) {
    MeanState.Merged merged(boolean isUnit) {
      return new MeanState.Merged(vector, timeMicros, weight, HALF_LIFE, isUnit, isUnit);
    }
  }

  private static List<Event> events(Random random, int count) {
    List<Event> events = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      float[] vector = new float[DIMENSION];
      for (int j = 0; j < DIMENSION; j++) {
        vector[j] = (float) random.nextGaussian();
      }
      // Most come in order, some a long while late.
      long late = random.nextInt(4) == 0 ? random.nextLong(20 * HALF_LIFE) : 0;
      events.add(
          new Event(vector, START + i * HALF_LIFE / 7 - late, 0.1 + random.nextDouble() * 10));
    }
    return events;
  }

  private static MeanState.Mean merged(List<Event> events, boolean isUnit) {
    MeanState.Mean mean = null;
    for (Event event : events) {
      mean = MeanState.merge(mean, event.merged(isUnit));
    }
    return Objects.requireNonNull(mean);
  }

  /// The definition, of all events at once.
  private static double[] expected(List<Event> events) {
    long last = events.stream().mapToLong(Event::timeMicros).max().orElseThrow();
    double[] sum = new double[DIMENSION];
    double weights = 0;
    for (Event event : events) {
      double weight =
          event.weight() * Math.pow(2, -(last - event.timeMicros()) / (double) HALF_LIFE);
      weights += weight;
      for (int i = 0; i < DIMENSION; i++) {
        sum[i] += weight * event.vector()[i];
      }
    }
    for (int i = 0; i < DIMENSION; i++) {
      sum[i] /= weights;
    }
    return sum;
  }

  private static double length(double[] vector) {
    double squares = 0;
    for (double component : vector) {
      squares += component * component;
    }
    return Math.sqrt(squares);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void theMeanIsThatOfAllEventsByWeightAndAge(long seed) {
    List<Event> events = events(new Random(seed), 200);
    double[] expected = expected(events);
    MeanState.Mean mean = merged(events, false);
    float[] vector = Objects.requireNonNull(mean.vector());
    for (int i = 0; i < DIMENSION; i++) {
      assertThat((double) vector[i]).as("seed %d", seed).isCloseTo(expected[i], offset(1e-5));
    }
    assertThat(mean.state().timeMicros())
        .isEqualTo(events.stream().mapToLong(Event::timeMicros).max().orElseThrow());
  }

  @ParameterizedTest
  @ValueSource(longs = {11, 12, 13, 14})
  void scaledToLengthOneItKeepsTheDirectionAndKnowsTheLength(long seed) {
    List<Event> events = events(new Random(seed), 200);
    double[] expected = expected(events);
    MeanState.Mean mean = merged(events, true);
    float[] vector = Objects.requireNonNull(mean.vector());
    for (int i = 0; i < DIMENSION; i++) {
      assertThat((double) vector[i]).isCloseTo(expected[i] / length(expected), offset(1e-5));
    }
    assertThat(mean.state().length()).isCloseTo(length(expected), offset(1e-5));
  }

  @Test
  void aLateEventCountsByItsAgeAndDoesNotMoveTheTime() {
    Event now = new Event(vector(1), START, 1);
    Event late = new Event(vector(4), START - HALF_LIFE, 1);
    MeanState.Mean mean = merged(List.of(now, late), false);
    assertThat(Objects.requireNonNull(mean.vector())[0]).isEqualTo(2);
    assertThat(mean.state().timeMicros()).isEqualTo(START);
    assertThat(mean.state().weight()).isEqualTo(1.5);
  }

  @Test
  void anEventOfAnotherAgeIsNothingBesideANewOne() {
    Event old = new Event(vector(1), START - 5_000 * HALF_LIFE, 1e6);
    Event now = new Event(vector(3), START, 1e-6);
    for (List<Event> events : List.of(List.of(old, now), List.of(now, old))) {
      assertThat(merged(events, false).vector()).containsExactly(vector(3));
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aMeanWithoutDirectionHasNoVectorUntilItHasOneAgain(boolean isUnit) {
    MeanState.Mean mean = null;
    for (float first : new float[] {1, -1}) {
      mean = merge(mean, first, isUnit);
    }
    MeanState.Mean zero = Objects.requireNonNull(mean);
    assertThat(zero.vector()).isNull();
    assertThat(zero.state().weight()).isEqualTo(2);
    float[] again = Objects.requireNonNull(merge(zero, 3, isUnit).vector());
    assertThat(again[0]).isEqualTo(1);
  }

  private static MeanState.Mean merge(MeanState.@Nullable Mean mean, float first, boolean isUnit) {
    return MeanState.merge(
        mean, new MeanState.Merged(vector(first), START, 1, HALF_LIFE, isUnit, true));
  }

  private static float[] vector(float first) {
    float[] vector = new float[DIMENSION];
    vector[0] = first;
    return vector;
  }

  @Test
  void whereAZeroVectorMayBeStoredItIs() {
    List<Event> events = List.of(new Event(vector(1), START, 1), new Event(vector(-1), START, 1));
    assertThat(merged(events, false).vector()).containsExactly(new float[DIMENSION]);
  }

  @Test
  void theScalingMayChange() {
    List<Event> events = events(new Random(5), 50);
    MeanState.Mean mean = merged(events.subList(0, 49), true);
    float[] changed =
        Objects.requireNonNull(MeanState.merge(mean, events.get(49).merged(false)).vector());
    double[] expected = expected(events);
    for (int i = 0; i < DIMENSION; i++) {
      assertThat((double) changed[i]).isCloseTo(expected[i], offset(1e-5));
    }
  }

  @Test
  void aStateIsReadAsItWasWritten() {
    for (boolean isUnit : new boolean[] {true, false}) {
      MeanState state = merged(events(new Random(6), 9), isUnit).state();
      assertThat(MeanState.of("taste", state.toValue())).isEqualTo(state);
    }
  }

  @Test
  void whatIsNoStateIsRefused() {
    Value time = Value.of(START);
    Value weight = Value.of(1.0);
    for (Value other :
        List.of(
            Value.of(7),
            new Value.Entries(Map.of("time", time)),
            new Value.Entries(Map.of("time", weight, "weight", weight)),
            new Value.Entries(Map.of("time", Value.of(Long.MAX_VALUE), "weight", weight)),
            new Value.Entries(Map.of("time", time, "weight", Value.of(0.0))),
            new Value.Entries(Map.of("time", time, "weight", weight, "length", time)),
            new Value.Entries(Map.of("time", time, "weight", weight, "length", Value.of(-1.0))))) {
      assertThatThrownBy(() -> MeanState.of("taste", other))
          .isInstanceOfSatisfying(
              KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TYPE_MISMATCH))
          .hasMessage("taste: another value (expected: the state of a decayed mean)");
    }
  }
}
