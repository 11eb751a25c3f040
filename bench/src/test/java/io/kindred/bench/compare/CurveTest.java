package io.kindred.bench.compare;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.kindred.bench.compare.Curve.Point;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CurveTest {
  @Test
  void speedFollowsALineOfItsLogarithm() {
    Curve curve = Curve.of(List.of(new Point(0.9, 10_000), new Point(1, 100)));
    assertThat(curve.perSecondAt(0.95)).hasValueCloseTo(1_000.0, within(1e-6));
    assertThat(curve.perSecondAt(0.9)).hasValue(10_000);
    assertThat(curve.perSecondAt(1)).hasValue(100);
  }

  @Test
  void aPointThatAnotherBeatsInBothDoesNotCount() {
    Point beaten = new Point(0.94, 400);
    Point equallyFast = new Point(0.93, 1_000);
    Curve curve =
        Curve.of(List.of(new Point(0.99, 500), beaten, new Point(0.95, 1_000), equallyFast));
    assertThat(curve.front()).containsExactly(new Point(0.95, 1_000), new Point(0.99, 500));
  }

  @Test
  void ofEqualRecallsTheFasterCounts() {
    Curve curve = Curve.of(List.of(new Point(1, 10), new Point(1, 30), new Point(1, 20)));
    assertThat(curve.front()).containsExactly(new Point(1, 30));
  }

  @Test
  void anEngineThatIsAlwaysBetterAnswersWithItsFastestPoint() {
    Curve curve = Curve.of(List.of(new Point(0.97, 2_000), new Point(0.99, 1_000)));
    assertThat(curve.perSecondAt(0.95)).hasValue(2_000);
  }

  @Test
  void aRecallThatWasNotReachedHasNoSpeed() {
    assertThat(Curve.of(List.of(new Point(0.9, 10))).perSecondAt(0.95)).isEmpty();
    assertThat(Curve.of(List.of()).perSecondAt(0.95)).isEmpty();
  }
}
