package io.kindred.bench.report;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// One measured figure beside what it should be. Immutable.
///
/// @param name what was measured, as in `docs/benchmarks.md`
/// @param value most often a median
/// @param target what the figure should reach, or null where it is for orientation
public record Figure(
    String name, double value, double least, double largest, String unit, @Nullable Target target) {

  /// What a figure should reach.
  ///
  /// @param goal what would be better still, or NaN
  public record Target(Side side, double limit, double goal) {
    boolean isMetBy(double value) {
      return side == Side.AT_MOST ? value <= limit : value >= limit;
    }
  }

  /// On which side of its limit a good value is.
  public enum Side {
    AT_MOST("≤"),
    AT_LEAST("≥");

    private final String sign;

    Side(String sign) {
      this.sign = sign;
    }
  }

  public static Figure of(String name, double value, String unit) {
    return new Figure(name, value, value, value, unit, null);
  }

  /// How many of something there are.
  public static Figure count(String name, long count) {
    return of(name, (double) count, "1");
  }

  /// The median of the samples.
  public static Figure of(String name, Samples samples, String unit) {
    return new Figure(name, samples.median(), samples.least(), samples.largest(), unit, null);
  }

  public Figure atMost(double limit, double goal) {
    return with(new Target(Side.AT_MOST, limit, goal));
  }

  public Figure atMost(double limit) {
    return atMost(limit, Double.NaN);
  }

  public Figure atLeast(double limit, double goal) {
    return with(new Target(Side.AT_LEAST, limit, goal));
  }

  public Figure atLeast(double limit) {
    return atLeast(limit, Double.NaN);
  }

  private Figure with(Target wanted) {
    return new Figure(name, value, least, largest, unit, wanted);
  }

  public String targetText() {
    if (target == null) {
      return "";
    }
    String text = target.side().sign + " " + number(target.limit());
    return Double.isNaN(target.goal()) ? text : text + " (goal " + number(target.goal()) + ")";
  }

  /// `met`, `missed`, or nothing where there is no target.
  public String verdict() {
    return target == null ? "" : target.isMetBy(value) ? "met" : "missed";
  }

  public String json(String benchmark) {
    StringBuilder json = new StringBuilder(256);
    json.append("{\"benchmark\":\"").append(benchmark);
    json.append("\",\"figure\":\"").append(name.replace("\\", "\\\\").replace("\"", "\\\""));
    json.append("\",\"value\":").append(exact(value));
    json.append(",\"min\":").append(exact(least));
    json.append(",\"max\":").append(exact(largest));
    json.append(",\"unit\":\"").append(unit).append('"');
    if (target != null) {
      json.append(target.side() == Side.AT_MOST ? ",\"at_most\":" : ",\"at_least\":");
      json.append(exact(target.limit()));
      json.append(",\"met\":").append(target.isMetBy(value));
    }
    return json.append('}').toString();
  }

  /// JSON has no word for what is not a number.
  private static String exact(double number) {
    return Double.isFinite(number) ? String.format(Locale.ROOT, "%.6g", number) : "null";
  }

  /// Three or four significant digits, for people.
  public static String number(double number) {
    if (Math.abs(number) >= 1_000) {
      return String.format(Locale.ROOT, "%,.0f", number);
    }
    return String.format(Locale.ROOT, Math.abs(number) >= 10 ? "%.1f" : "%.3f", number);
  }
}
