package io.kindred.server.json;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.KindredException;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Instants as RFC 3339 writes them, and durations as people write them.
public final class Timestamps {
  private static final Pattern DURATION = Pattern.compile("([0-9]{1,12})(ms|s|m|h|d)");

  /// Beyond it even milliseconds would overflow somewhere; the engine's own bound is lower.
  private static final Duration DURATION_MAX = Duration.ofDays(1_000_000);

  private Timestamps() {}

  /// @throws KindredException `TYPE_MISMATCH` where the text is no instant
  public static Instant instant(String text, String what) {
    try {
      return OffsetDateTime.parse(text).toInstant();
    } catch (DateTimeException e) {
      KindredException wrong =
          KindredException.of(
              ErrorCode.TYPE_MISMATCH,
              what,
              '"' + Members.shortened(text) + '"',
              "an instant such as \"2026-01-31T09:30:00Z\"");
      wrong.initCause(e);
      throw wrong;
    }
  }

  /// Microseconds since 1970; finer parts are cut off towards the past.
  ///
  /// @throws KindredException `TYPE_MISMATCH` where the instant is too far from 1970 for them
  public static long epochMicros(Instant instant, String what) {
    try {
      return Math.addExact(
          Math.multiplyExact(instant.getEpochSecond(), 1_000_000L), instant.getNano() / 1000);
    } catch (ArithmeticException e) {
      KindredException wrong =
          KindredException.of(
              ErrorCode.TYPE_MISMATCH, what, instant, "an instant within 290,000 years of 1970");
      wrong.initCause(e);
      throw wrong;
    }
  }

  public static Instant instant(long epochMicros) {
    return Instant.EPOCH.plus(epochMicros, ChronoUnit.MICROS);
  }

  static String text(long epochMicros) {
    return instant(epochMicros).toString();
  }

  /// Reads `7d`, `12h`, `30m`, `60s`, `500ms` or ISO 8601's `P7D`, `PT60S`.
  static Duration duration(String text, String what) {
    try {
      Duration duration = parsed(text);
      if (duration.compareTo(DURATION_MAX) > 0) {
        throw new ArithmeticException("too long");
      }
      return duration;
    } catch (DateTimeException | ArithmeticException e) {
      KindredException wrong =
          KindredException.of(
              ErrorCode.INVALID_ARGUMENT,
              what,
              '"' + Members.shortened(text) + '"',
              "a duration such as \"7d\", \"12h\", \"60s\" or \"PT60S\", at most 36500 days");
      wrong.initCause(e);
      throw wrong;
    }
  }

  private static Duration parsed(String text) {
    Matcher matcher = DURATION.matcher(text);
    return matcher.matches()
        ? Duration.of(Long.parseLong(matcher.group(1)), unit(matcher.group(2)))
        : Duration.parse(text);
  }

  private static ChronoUnit unit(String text) {
    return switch (text) {
      case "ms" -> ChronoUnit.MILLIS;
      case "s" -> ChronoUnit.SECONDS;
      case "m" -> ChronoUnit.MINUTES;
      case "h" -> ChronoUnit.HOURS;
      default -> ChronoUnit.DAYS;
    };
  }

  /// The shortest form that [#duration] reads back.
  static String text(Duration duration) {
    long millis = duration.toMillis();
    if (millis % 1000 != 0) {
      return millis + "ms";
    }
    long seconds = millis / 1000;
    if (seconds % 86_400 == 0) {
      return seconds / 86_400 + "d";
    }
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
