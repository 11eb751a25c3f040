package io.kindred.engine.merge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import io.kindred.engine.Value;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class WindowCountsTest {
  private static final long HOUR = 3_600_000_000L;
  private static final List<WindowCounts.Declared> WINDOWS =
      List.of(
          new WindowCounts.Declared("hour", 3_600),
          new WindowCounts.Declared("day", 86_400),
          new WindowCounts.Declared("week", 604_800));
  private static final long[] TILE_SECONDS = {60, 900, 7_200};

  private static WindowCounts.Counted counted(long time, long amount) {
    return new WindowCounts.Counted("clicks", time, amount);
  }

  private static Map<String, Value> members(WindowCounts counts) {
    return ((Value.Entries) counts.toValue()).values();
  }

  private static long due(WindowCounts counts) {
    return ((Value.Int64) Objects.requireNonNull(members(counts).get("due"))).value();
  }

  /// The definition, of all events at once.
  private static long[] expected(List<WindowCounts.Counted> events) {
    long last = events.stream().mapToLong(WindowCounts.Counted::timeMicros).max().orElseThrow();
    long[] sums = new long[WINDOWS.size()];
    for (int i = 0; i < sums.length; i++) {
      long tile = TILE_SECONDS[i] * 1_000_000;
      long begin = last - WINDOWS.get(i).lengthSeconds() * 1_000_000;
      for (WindowCounts.Counted event : events) {
        long endOfTile = (Math.floorDiv(event.timeMicros(), tile) + 1) * tile - 1;
        sums[i] += endOfTile > begin ? event.amount() : 0;
      }
    }
    return sums;
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void aValueIsTheSumOfTheTilesThatItsWindowTouches(long seed) {
    Random random = new Random(seed);
    List<WindowCounts.Counted> events = new ArrayList<>();
    WindowCounts counts = null;
    // From before 1970 on.
    long time = -100 * HOUR;
    for (int i = 0; i < 2_000; i++) {
      time += random.nextLong(random.nextInt(50) == 0 ? 30 * HOUR : HOUR / 10);
      long late = random.nextInt(3) == 0 ? random.nextLong(30 * HOUR) : 0;
      events.add(counted(time - late, random.nextInt(20) - 5));
      counts = WindowCounts.add(counts, WINDOWS, events.getLast());
      assertThat(counts.values()).as("seed %d, event %d", seed, i).isEqualTo(expected(events));
      Value state = counts.toValue();
      counts = WindowCounts.of("clicks", state);
      assertThat(counts.toValue()).isEqualTo(state);
    }
  }

  @Test
  void atTheTimeThatIsDueAValueDeclinesAndNotBefore() {
    Random random = new Random(7);
    WindowCounts counts = null;
    for (int i = 0; i < 50; i++) {
      counts = WindowCounts.add(counts, WINDOWS, counted(random.nextLong(100 * HOUR), 1));
    }
    WindowCounts before = Objects.requireNonNull(counts);
    int steps = 0;
    while (members(before).containsKey("due")) {
      long due = due(before);
      WindowCounts just = WindowCounts.add(before, WINDOWS, counted(due - 1, 0));
      assertThat(just.values()).isEqualTo(before.values());
      WindowCounts after = WindowCounts.add(before, WINDOWS, counted(due, 0));
      assertThat(after.values()).isNotEqualTo(before.values());
      before = after;
      steps++;
    }
    assertThat(before.values()).containsOnly(0);
    assertThat(steps).isGreaterThan(10);
  }

  @ParameterizedTest
  @CsvSource({
    "PT1S,1",
    "PT99S,1",
    "PT100S,2",
    "PT1H,60",
    "P1D,900",
    "P7D,7200",
    "P30D,43200",
    "P400D,432000"
  })
  void tilesAreTheShortestThatAreNotTooMany(Duration length, long tileSeconds) {
    assertThat(TiledWindow.tileSeconds(length.toSeconds())).isEqualTo(tileSeconds);
  }

  @Test
  void noWindowTouchesMoreThan100Tiles() {
    for (long length = 1; length <= TiledWindow.LENGTH_SECONDS_MAX; length += 1 + length / 50) {
      long tile = TiledWindow.tileSeconds(length);
      assertThat((length - 1) / tile + 2).as("%d seconds", length).isLessThanOrEqualTo(100);
    }
  }

  @Test
  void aWindowOfAnotherLengthStartsAtZeroAndOneThatIsNotNamedIsForgotten() {
    WindowCounts counts = WindowCounts.add(null, WINDOWS, counted(HOUR, 5));
    List<WindowCounts.Declared> others =
        List.of(
            new WindowCounts.Declared("hour", 7_200), new WindowCounts.Declared("week", 604_800));
    assertThat(WindowCounts.add(counts, others, counted(HOUR, 1)).values()).containsExactly(1, 6);
  }

  @Test
  void aCountBeyond64BitsIsRefused() {
    WindowCounts large = WindowCounts.add(null, WINDOWS, counted(0, Long.MAX_VALUE));
    for (long time : new long[] {0, HOUR / 2}) {
      assertThatThrownBy(() -> WindowCounts.add(large, WINDOWS, counted(time, 1)))
          .isInstanceOfSatisfying(
              KindredException.class,
              e -> assertThat(e.code()).isEqualTo(ErrorCode.INVALID_ARGUMENT))
          .hasMessage("clicks: a count and 1 more (expected: at most 64 bits)");
    }
  }

  @Test
  void whatIsNoStateIsRefused() {
    Value time = Value.of(10 * HOUR);
    for (Value other :
        List.of(
            Value.of(7),
            new Value.Entries(Map.of("time", time)),
            state(time, Value.of(1)),
            state(time, window(0)),
            state(time, window(3_600, Value.of(550))),
            state(time, window(3_600, Value.of(539), Value.of(1))),
            state(time, window(3_600, Value.of(601), Value.of(1))),
            state(time, window(3_600, Value.of(550), Value.of(1), Value.of(0), Value.of(1))),
            state(
                time,
                window(3_600, Value.of(550), Value.of(1), Value.of(Long.MAX_VALUE), Value.of(1))),
            state(Value.of(Long.MIN_VALUE), window(3_600)))) {
      assertThatThrownBy(() -> WindowCounts.of("clicks", other))
          .as("%s", other)
          .isInstanceOfSatisfying(
              KindredException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.TYPE_MISMATCH))
          .hasMessageContaining("clicks: ");
    }
    Value good = state(time, window(3_600, Value.of(540), Value.of(2), Value.of(60), Value.of(3)));
    assertThat(WindowCounts.of("clicks", good).values()).containsExactly(5);
  }

  private static Value state(Value time, Value window) {
    return new Value.Entries(
        Map.of("time", time, "windows", new Value.Entries(Map.of("hour", window))));
  }

  private static Value window(long length, Value... tiles) {
    return new Value.Entries(
        Map.of("length", Value.of(length), "tiles", new Value.Array(List.of(tiles))));
  }
}
