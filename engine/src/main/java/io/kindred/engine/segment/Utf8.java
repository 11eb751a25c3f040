package io.kindred.engine.segment;

import java.nio.charset.StandardCharsets;

/// Java text to UTF-8 without a char array or an encoder in between. Stateless.
final class Utf8 {
  private Utf8() {}

  /// Bytes of the text in UTF-8, or -1 if it has an unpaired surrogate.
  static int byteCount(String text) {
    int count = text.length();
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (unit < 0x80) {
        continue;
      }
      if (!Character.isSurrogate(unit)) {
        count += unit < 0x800 ? 1 : 2;
      } else if (isPaired(text, i)) {
        count += 1; // four bytes for two units
      } else {
        return -1;
      }
    }
    return count;
  }

  /// Writes the text; `byteCount` is what [#byteCount] said.
  @SuppressWarnings("deprecation") // the one way to copy Latin-1 text into an array without another
  static void write(String text, byte[] target, int offset, int byteCount) {
    if (byteCount == text.length()) {
      text.getBytes(0, byteCount, target, offset);
      return;
    }
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    System.arraycopy(encoded, 0, target, offset, byteCount);
  }

  private static boolean isPaired(String text, int index) {
    return Character.isHighSurrogate(text.charAt(index))
        ? index + 1 < text.length() && Character.isLowSurrogate(text.charAt(index + 1))
        : index > 0 && Character.isHighSurrogate(text.charAt(index - 1));
  }
}
