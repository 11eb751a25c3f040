package io.kindred.app.rows;

import io.kindred.engine.Limits;
import java.util.Arrays;

/// A vector as the text of a cell: numbers divided by commas, semicolons or spaces, with or without
/// square brackets.
final class VectorText {
  private VectorText() {}

  /// Whether a text looks like a vector: in brackets, or with semicolons. Spaces and commas alone
  /// do not tell: they also divide telephone numbers.
  static boolean isVector(String text) {
    String stripped = text.strip();
    boolean isBracketed = stripped.startsWith("[") && stripped.endsWith("]");
    if (!isBracketed && stripped.indexOf(';') < 0) {
      return false;
    }
    try {
      return parse(stripped).length > (isBracketed ? 0 : 1);
    } catch (MalformedRowException e) {
      return false;
    }
  }

  static float[] parse(String text) throws MalformedRowException {
    int from = 0;
    int to = text.length();
    while (from < to && isDivider(text.charAt(from))) {
      from++;
    }
    while (from < to && isDivider(text.charAt(to - 1))) {
      to--;
    }
    if (from < to && text.charAt(from) == '[' && text.charAt(to - 1) == ']') {
      from++;
      to--;
    }
    return numbers(text, from, to);
  }

  private static float[] numbers(String text, int from, int to) throws MalformedRowException {
    float[] vector = new float[128];
    int dimension = 0;
    int i = from;
    while (i < to) {
      if (isDivider(text.charAt(i))) {
        i++;
        continue;
      }
      int start = i;
      while (i < to && !isDivider(text.charAt(i))) {
        i++;
      }
      if (dimension == Limits.DIMENSION_MAX) {
        throw new MalformedRowException(
            "vector of more than " + Limits.DIMENSION_MAX + " components");
      }
      if (dimension == vector.length) {
        vector = Arrays.copyOf(vector, vector.length * 2);
      }
      vector[dimension++] = component(text.substring(start, i));
    }
    return Arrays.copyOf(vector, dimension);
  }

  static float component(String text) throws MalformedRowException {
    try {
      return Float.parseFloat(text);
    } catch (NumberFormatException e) {
      throw MalformedRowException.of("vector component", text, "a number");
    }
  }

  private static boolean isDivider(char c) {
    return c == ',' || c == ';' || c == ' ' || c == '\t' || c == '\n' || c == '\r';
  }
}
