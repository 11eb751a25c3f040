package io.kindred.app.command;

import io.kindred.app.config.LogLevel;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/// What every command takes. Filled by the command line, then read.
final class CommonOptions {
  // Looked at by the parser.
  @SuppressWarnings("unused")
  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Shows this help.")
  private boolean isHelpWanted;

  @Option(
      names = "--log-level",
      paramLabel = "LEVEL",
      converter = Converters.LogLevels.class,
      description = "error, warn, info or debug. Default: warn. Events go to standard error.")
  private @Nullable LogLevel logLevel;

  /// Makes the level take effect.
  void apply() {
    if (logLevel != null) {
      Logging.setLevel(logLevel);
    }
  }

  @Nullable LogLevel logLevel() {
    return logLevel;
  }
}
