package io.kindred.server.logs;

import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// One event of the log. Immutable.
///
/// @param fields named values beside the message
/// @param error what was thrown, with its causes, or null
public record LogLine(
    long timeMillis,
    Level level,
    String logger,
    String thread,
    String message,
    Map<String, String> fields,
    @Nullable String error) {
  /// From what matters least to what matters most.
  public enum Level {
    TRACE,
    DEBUG,
    INFO,
    WARN,
    ERROR
  }

  /// Which lines a reader wants. Immutable.
  ///
  /// @param least lines of this level and above
  /// @param text somewhere in logger, message, fields or error, whatever the case; empty for any
  public record Filter(Level least, String text) {
    public Filter {
      text = text.toLowerCase(Locale.ROOT);
    }

    public boolean admits(LogLine line) {
      return line.level().compareTo(least) >= 0
          && (text.isEmpty()
              || has(line.message())
              || has(line.logger())
              || line.fields().values().stream().anyMatch(this::has)
              || (line.error() != null && has(line.error())));
    }

    private boolean has(String part) {
      return part.toLowerCase(Locale.ROOT).contains(text);
    }
  }
}
