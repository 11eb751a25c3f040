package io.kindred.stream.config;

import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Durations as people write them: `500ms`, `60s`, `5m`, `12h`, `7d`.
public final class Durations {
  private static final Pattern FORM = Pattern.compile("([0-9]{1,9})(ms|s|m|h|d)");
  private static final Duration MAX = Duration.ofDays(36_500);

  private Durations() {}

  /// The duration, or nothing where the text is none or longer than 36,500 days.
  public static Optional<Duration> parse(String text) {
    Matcher matcher = FORM.matcher(text);
    if (!matcher.matches()) {
      return Optional.empty();
    }
    Duration duration = Duration.of(Long.parseLong(matcher.group(1)), unit(matcher.group(2)));
    return Optional.of(duration).filter(it -> it.compareTo(MAX) <= 0);
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
}
