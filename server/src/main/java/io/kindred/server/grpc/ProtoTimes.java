package io.kindred.server.grpc;

import com.google.protobuf.Duration;
import com.google.protobuf.Timestamp;
import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.time.DateTimeException;
import java.time.Instant;

/// Instants and durations in protobuf.
final class ProtoTimes {
  private ProtoTimes() {}

  static Instant read(Timestamp time, String what) {
    try {
      return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
    } catch (DateTimeException | ArithmeticException e) {
      throw wrong(what, time.getSeconds() + " s", "a valid timestamp", e);
    }
  }

  static java.time.Duration read(Duration duration, String what) {
    try {
      return java.time.Duration.ofSeconds(duration.getSeconds(), duration.getNanos());
    } catch (ArithmeticException e) {
      throw wrong(what, duration.getSeconds() + " s", "a valid duration", e);
    }
  }

  /// A duration above zero and at most 36,500 days.
  static java.time.Duration readLifetime(Duration message, String what) {
    java.time.Duration duration = read(message, what);
    if (duration.compareTo(java.time.Duration.ofMillis(1)) < 0
        || duration.compareTo(java.time.Duration.ofDays(36_500)) > 0) {
      throw KindredException.of(
          ErrorCode.INVALID_ARGUMENT, what, duration, "1 millisecond to 36500 days");
    }
    return duration;
  }

  private static KindredException wrong(
      String what, String value, String expected, RuntimeException cause) {
    KindredException wrong = KindredException.of(ErrorCode.INVALID_ARGUMENT, what, value, expected);
    wrong.initCause(cause);
    return wrong;
  }

  static Timestamp write(Instant instant) {
    return Timestamp.newBuilder()
        .setSeconds(instant.getEpochSecond())
        .setNanos(instant.getNano())
        .build();
  }

  static Duration write(java.time.Duration duration) {
    return Duration.newBuilder()
        .setSeconds(duration.getSeconds())
        .setNanos(duration.getNano())
        .build();
  }
}
