package io.kindred.app.demo;

import io.kindred.app.config.LogLevel;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/// How the demo runs. Immutable.
///
/// @param data the data directory to keep, or null for one that is removed at the end
public record DemoOptions(int port, @Nullable Path data, Length length, LogLevel logLevel) {
  /// How long it runs.
  public enum Length {
    /// A few seconds of traffic, then a summary with checks.
    ONCE,
    UNTIL_STOPPED
  }
}
