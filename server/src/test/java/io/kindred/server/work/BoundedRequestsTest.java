package io.kindred.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BoundedRequestsTest {
  @ParameterizedTest
  @CsvSource({
    "2H, 7200000",
    "3M, 180000",
    "5S, 5000",
    "250m, 250",
    "2500u, 2",
    "1n, 1",
    "99999999H, 359999996400000"
  })
  void aTimeoutIsReadAsGrpcWritesIt(String text, long millis) {
    assertThat(BoundedRequests.timeout(text)).contains(Duration.ofMillis(millis));
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "S", "5", "-1S", "1.5S", "123456789S", "5x", "٣S"})
  void whatIsNoTimeoutIsNone(String text) {
    assertThat(BoundedRequests.timeout(text)).isEmpty();
  }

  @Test
  void whatHasNoRoomTakesNone() {
    RequestBytes bytes = new RequestBytes(100);
    bytes.take(60);
    org.assertj.core.api.Assertions.assertThatThrownBy(() -> bytes.take(41))
        .hasMessageContaining("at most 100");
    assertThat(bytes.taken()).isEqualTo(60);
    bytes.take(40);
    bytes.giveBack(100);
    assertThat(bytes.taken()).isZero();
  }
}
