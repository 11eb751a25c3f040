package io.kindred.server.rows;

import io.kindred.engine.ErrorCode;
import io.kindred.engine.Key;
import io.kindred.engine.KeyType;
import io.kindred.engine.KindredException;
import io.kindred.engine.Limits;
import java.nio.charset.StandardCharsets;

/// Keys as callers give them, checked: one that no row can have is an error and not merely missing.
public final class Keys {
  private static final String EXPECTED = "1 to " + Limits.KEY_BYTES_MAX + " bytes of UTF-8";

  /// Bytes of UTF-8 that a char takes at most.
  private static final int CHAR_BYTES_MAX = 3;

  private Keys() {}

  /// @throws KindredException `INVALID_KEY` where it is empty, too long or no Unicode
  public static Key text(String text) {
    int length = text.length();
    if (length == 0 || length > Limits.KEY_BYTES_MAX || isLong(text)) {
      throw KindredException.of(ErrorCode.INVALID_KEY, "id", length + " characters", EXPECTED);
    }
    requireUnicode(text);
    return Key.of(text);
  }

  private static boolean isLong(String text) {
    return text.length() * CHAR_BYTES_MAX > Limits.KEY_BYTES_MAX
        && text.getBytes(StandardCharsets.UTF_8).length > Limits.KEY_BYTES_MAX;
  }

  /// Half a surrogate pair would become a question mark, and two keys one.
  private static void requireUnicode(String text) {
    for (int i = 0; i < text.length(); i++) {
      char unit = text.charAt(i);
      if (Character.isSurrogate(unit)) {
        boolean isPair =
            Character.isHighSurrogate(unit)
                && i + 1 < text.length()
                && Character.isLowSurrogate(text.charAt(i + 1));
        if (!isPair) {
          throw KindredException.of(
              ErrorCode.INVALID_KEY, "id", "half a surrogate pair at " + i, EXPECTED);
        }
        i++;
      }
    }
  }

  /// Reads the key of a path.
  ///
  /// @throws KindredException `INVALID_KEY` where it is no key of that type
  public static Key parse(KeyType type, String text) {
    return switch (type) {
      case UINT64 -> Key.parse(KeyType.UINT64, text);
      case STRING -> text(text);
    };
  }
}
