package io.kindred.app.terminal;

import java.time.Duration;
import java.util.Locale;

/// Figures as a person reads them.
public final class Figures {
  private static final String[] BYTE_UNITS = {"bytes", "KiB", "MiB", "GiB", "TiB"};

  private Figures() {}

  /// `1,234,567`.
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /// `1 row`, `2 rows`.
  public static String count(long value, String singular) {
    return count(value) + " " + singular + (value == 1 ? "" : "s");
  }

  /// `512 bytes`, `1.5 MiB`.
  public static String bytes(long value) {
    double scaled = value;
    int unit = 0;
    while (scaled >= 1024 && unit < BYTE_UNITS.length - 1) {
      scaled /= 1024;
      unit++;
    }
    return String.format(Locale.ROOT, unit == 0 ? "%.0f %s" : "%.1f %s", scaled, BYTE_UNITS[unit]);
  }

  /// `0.8 ms`, `3.2 s`, `4 min 10 s`.
  public static String duration(Duration value) {
    if (value.compareTo(Duration.ofMillis(950)) < 0) {
      return String.format(Locale.ROOT, "%.1f ms", value.toNanos() / 1e6);
    }
    if (value.compareTo(Duration.ofSeconds(60)) < 0) {
      return String.format(Locale.ROOT, "%.1f s", value.toNanos() / 1e9);
    }
    if (value.compareTo(Duration.ofHours(1)) < 0) {
      return value.toMinutes() + " min " + value.toSecondsPart() + " s";
    }
    return value.toHours() + " h " + value.toMinutesPart() + " min";
  }
}
