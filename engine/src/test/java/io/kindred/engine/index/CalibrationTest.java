package io.kindred.engine.index;

import static org.assertj.core.api.Assertions.assertThat;

import io.kindred.engine.Limits;
import java.util.List;
import org.junit.jupiter.api.Test;

final class CalibrationTest {
  private final Calibration calibration =
      new Calibration(
          List.of(
              new Calibration.Step(10, 10, 0.60),
              new Calibration.Step(10, 32, 0.90),
              new Calibration.Step(10, 64, 0.95),
              new Calibration.Step(100, 128, 0.80),
              new Calibration.Step(100, 256, 0.90)),
          200);

  @Test
  void aMeasuredRecallGivesItsWidth() {
    assertThat(calibration.efFor(0.90, 10)).isEqualTo(32);
    assertThat(calibration.efFor(0.95, 10)).isEqualTo(64);
    assertThat(calibration.efFor(0.1, 10)).isEqualTo(10);
  }

  @Test
  void betweenTwoWidthsItNeverFallsBelowTheLine() {
    assertThat(calibration.efFor(0.75, 10)).isEqualTo(21);
    assertThat(calibration.efFor(0.93, 10)).isBetween(51, 52);
  }

  @Test
  void beyondTheLastWidthItGrowsWithTheMissesThatAreLeft() {
    assertThat(calibration.efFor(0.99, 10)).isEqualTo(320);
    assertThat(calibration.efFor(0.99, 100)).isEqualTo(2560);
    assertThat(calibration.efFor(0.999999, 100)).isEqualTo(Limits.EF_MAX);
  }

  @Test
  void aKThatWasNotMeasuredTakesTheNextOneAbove() {
    assertThat(calibration.efFor(0.90, 5)).isEqualTo(32);
    assertThat(calibration.efFor(0.90, 50)).isEqualTo(256);
    assertThat(calibration.efFor(0.90, 200)).isEqualTo(512);
  }

  @Test
  void itIsNeverLessThanK() {
    Calibration nothing = new Calibration(List.of(), 0);
    assertThat(nothing.efFor(0.5, 7_000)).isEqualTo(Limits.EF_MAX);
    assertThat(nothing.efFor(0.5, 10)).isEqualTo(64);
    assertThat(calibration.efFor(0.1, 300)).isGreaterThanOrEqualTo(300);
  }
}
