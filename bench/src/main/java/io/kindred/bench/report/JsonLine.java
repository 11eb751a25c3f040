package io.kindred.bench.report;

import java.util.Locale;

/// One JSON object on a line, member by member in the order of the calls. Owned by one thread.
public final class JsonLine {
  private final StringBuilder text = new StringBuilder(256).append('{');

  private JsonLine member(String name) {
    if (text.length() > 1) {
      text.append(',');
    }
    quote(name);
    text.append(':');
    return this;
  }

  public JsonLine text(String name, String value) {
    member(name).quote(value);
    return this;
  }

  public JsonLine integer(String name, long value) {
    member(name).text.append(value);
    return this;
  }

  /// A number with so many digits behind the point; null where it is not finite.
  public JsonLine number(String name, double value, int digits) {
    member(name)
        .text
        .append(
            Double.isFinite(value)
                ? String.format(Locale.ROOT, "%." + digits + "f", value)
                : "null");
    return this;
  }

  /// @param json the text of a JSON value
  public JsonLine raw(String name, String json) {
    member(name).text.append(json);
    return this;
  }

  private void quote(String value) {
    text.append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c < ' ') {
        text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      } else {
        if (c == '"' || c == '\\') {
          text.append('\\');
        }
        text.append(c);
      }
    }
    text.append('"');
  }

  @Override
  public String toString() {
    return text + "}";
  }
}
