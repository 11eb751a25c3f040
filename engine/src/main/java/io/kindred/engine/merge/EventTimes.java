package io.kindred.engine.merge;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;

/// What event times of merges may be: years 1 to 9999, so that their differences, and sums with the
/// lengths of windows, are exact. Stateless.
public final class EventTimes {
  private static final long FIRST = micros(Instant.parse("0001-01-01T00:00:00Z"));
  private static final long LAST = micros(Instant.parse("9999-12-31T23:59:59.999999Z"));

  private EventTimes() {}

  /// @param micros since 1970
  public static boolean isValid(long micros) {
    return micros >= FIRST && micros <= LAST;
  }

  private static long micros(Instant time) {
    return ChronoUnit.MICROS.between(Instant.EPOCH, time);
  }

  static KindredException mismatch(String name, String expected) {
    return KindredException.of(ErrorCode.TYPE_MISMATCH, name, "another value", expected);
  }
}
