package io.kindred.server.json;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kindred.engine.KindredException;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class TimestampsTest {
  @ParameterizedTest
  @CsvSource({
    "7d, PT168H, 7d",
    "36h, PT36H, 36h",
    "90m, PT90M, 90m",
    "60s, PT1M, 1m",
    "1500ms, PT1.5S, 1500ms",
    "PT24H, PT24H, 1d",
    "P2D, PT48H, 2d"
  })
  void aDurationIsReadAndWrittenShort(String text, String duration, String written) {
    assertThat(Timestamps.duration(text, "ttl")).isEqualTo(Duration.parse(duration));
    assertThat(Timestamps.text(Duration.parse(duration))).isEqualTo(written);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "7", "7w", "-1d", "d", "1.5h", "999999999999d", "9999999999999s"})
  void whatIsNoDurationIsRefused(String text) {
    assertThatThrownBy(() -> Timestamps.duration(text, "ttl"))
        .isInstanceOf(KindredException.class)
        .hasMessageStartingWith("ttl: ");
  }

  @Test
  void instantsKeepMicroseconds() {
    Instant instant = Timestamps.instant("1969-12-31T23:59:59.9999994-01:00", "t");
    long micros = Timestamps.epochMicros(instant, "t");
    assertThat(Timestamps.text(micros)).isEqualTo("1970-01-01T00:59:59.999999Z");
    assertThat(Timestamps.epochMicros(Instant.parse("1969-12-31T23:59:59.999999Z"), "t"))
        .isEqualTo(-1);
  }

  @Test
  void anInstantTooFarAwayIsRefused() {
    assertThatThrownBy(() -> Timestamps.epochMicros(Instant.MAX, "t"))
        .isInstanceOf(KindredException.class);
  }
}
